//! Knobs that have an effect only while another one has a certain value.

use std::fs;

use super::{Home, err, fails, out};

/// The knobs of a run, and its standard error.
fn plays(home: &Home, arguments: &[&str]) -> (serde_json::Value, String) {
    let output = home.run(&[&["run", "--json", "--no-trace", "--seed", "1"], arguments, &["Hello!"]].concat());
    fails(&output, 0, &[]);
    let header: serde_json::Value = serde_json::from_str(out(&output).lines().next().unwrap()).unwrap();
    (header["params"].clone(), err(&output))
}

#[test]
fn a_knob_is_given_what_it_needs_and_that_is_said() {
    let home = Home::new();
    for (knob, value, governor, set) in [
        ("segment-tokens", "3", "segment", "tokens"),
        ("segment-words", "3", "segment", "words"),
        ("exit-window", "3", "exit", "paper"),
        ("softmax-temperature", "0.5", "normalisation", "softmax"),
    ] {
        let (params, said) = plays(&home, &[&format!("--{knob}"), value]);
        assert_eq!(params[governor], set, "{knob}");
        assert!(said.contains(&format!("`{governor}` is set to {set}: otherwise `{knob}` would have no effect")), "{said}");
        let config = home.path().join("mine.toml");
        fs::write(&config, format!("[parameters]\n{knob} = {value}\n")).unwrap();
        let (params, said) = plays(&home, &["--config", config.to_str().unwrap()]);
        assert_eq!(params[governor], set, "{knob} in a file");
        assert!(said.contains(&format!("`{governor}` is set to {set}")), "{said}");
    }
    let (params, said) = plays(&home, &["--feedback-rate", "3"]);
    assert!(params["feedback"] == true && said.contains("`feedback` is set to on"), "{said}");
}

#[test]
fn what_was_said_otherwise_stands_and_the_knob_is_said_to_have_no_effect() {
    let home = Home::new();
    for (arguments, governor, value, said) in [
        (
            &["--segment", "words", "--segment-tokens", "3"][..],
            "segment",
            "words",
            "`segment-tokens` has no effect while `segment` is words",
        ),
        (&["--segment", "tokens", "--segment-cap", "9"], "segment", "tokens", "`segment-cap` has no effect"),
        (&["--no-exit", "--exit-threshold", "0.3"], "exit", "off", "`exit-threshold` has no effect while `exit` is off"),
        (&["--exit", "paper", "--exit-caution", "2"], "exit", "paper", "`exit-caution` has no effect while `exit` is paper"),
        (&["--preset", "specem", "--exit-warm-up", "2"], "exit", "off", "`exit-warm-up` has no effect while `exit` is off"),
    ] {
        let (params, text) = plays(&home, arguments);
        assert_eq!(params[governor], value, "{arguments:?}");
        assert_eq!(text.matches("no effect").count(), 1, "{text}");
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn nothing_is_said_of_presets_and_of_what_is_as_it_should_be() {
    let home = Home::new();
    let own = home.path().join("mine.toml");
    fs::write(&own, "preset = \"mine\"\n[presets.mine]\nsegment = \"words\"\nsegment-words = 5\n").unwrap();
    for arguments in [
        &[][..],
        &["--preset", "paper"],
        &["--preset", "fast"],
        &["--preset", "paper", "--segment", "words"],
        &["--segment", "tokens", "--segment-tokens", "3"],
        &["--preset", "paper", "--segment-tokens", "3"],
        &["--config", own.to_str().unwrap()],
    ] {
        let (_, said) = plays(&home, arguments);
        assert!(!said.contains("no effect"), "{arguments:?}: {said}");
    }
    // An individual knob takes precedence over the preset next to it.
    let (params, said) = plays(&home, &["--preset", "paper", "--segment-words", "4"]);
    assert!(params["segment"] == "words" && said.contains("`segment` is set to words"), "{said}");
}

#[test]
fn of_a_knob_in_a_file_the_file_and_the_line_are_named() {
    let home = Home::new();
    let config = home.path().join("mine.toml");
    let at = |line: usize| format!("{}: line {line}: ", config.display());
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    fs::write(&config, "[parameters]\nsegment = 'words'\n\nsegment-tokens = 3\n").unwrap();
    let (_, said) = plays(&home, &["--config", config.to_str().unwrap()]);
    assert!(words(&said).contains(&format!("{}`segment-tokens` has no effect while `segment` is words", at(4))), "{said}");
    fs::write(&config, "system = 'Be brief.'\n[parameters]\nexit-window = 3\n").unwrap();
    let (_, said) = plays(&home, &["--config", config.to_str().unwrap()]);
    assert!(words(&said).contains(&format!("{}`exit` is set to paper: otherwise `exit-window`", at(3))), "{said}");
    let (_, said) = plays(&home, &["--config", config.to_str().unwrap(), "--exit-window", "4"]);
    assert!(said.contains("`exit` is set to paper") && !said.contains(&at(3)), "the command line is nearer: {said}");
}
