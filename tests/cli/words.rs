//! Messages about a wrong command line or configuration.

use std::fs;

use super::{Home, err, fails, out};

#[test]
fn a_value_of_the_wrong_kind_is_named_with_its_place_and_an_example() {
    let home = Home::new();
    for (text, said) in [
        (
            "# mine\n[parameters]\nsegment-tokens = \"5\"\n",
            &[
                "line 3, column 1: `parameters.segment-tokens` is the string \"5\", but it must be a whole number from 1 to 200 (tokens)",
                "for example: segment-tokens = 5",
            ][..],
        ),
        ("[parameters]\nsegment-tokens = 5.5\n", &["line 2", "is the number 5.5", "a whole number"]),
        ("[parameters]\nsegment-tokens = 999\n", &["line 2", "is the whole number 999", "from 1 to 200"]),
        ("[parameters]\nsegment-tokens = [5]\n", &["line 2", "is a list", "segment-tokens = 10"]),
        ("[parameters]\nfeedback = \"true\"\n", &["is the string \"true\"", "true or false", "feedback = true"]),
        ("[parameters]\nfeedback = 1\n", &["is the whole number 1", "true or false"]),
        ("[parameters]\nexit = false\n", &["is false", "\"off\", \"paper\", \"evidence\"", "exit = \"off\""]),
        ("[parameters]\nscoring = \"geometic\"\n", &["line 2, column 1", "did you mean \"geometric\"?"]),
        ("[parameters]\nscoring = 3\n", &["is the whole number 3", "\"mean-prob\""]),
        ("[parameters]\ntemperature = 2024-01-01\n", &["is the date 2024-01-01", "temperature = 0.6"]),
        ("[parameters]\ntemperature = \"warm\"\n", &["is the string \"warm\"", "a number from 0 to 2"]),
        ("[presets.mine]\nsegment-tokens = \"5\"\n", &["line 2, column 1: `presets.mine.segment-tokens` is the string \"5\""]),
        ("preset = 3\n", &["line 1, column 1: `preset` is the whole number 3", "preset = \"paper\""]),
        ("preset = \"papr\"\n", &["line 1", "`papr`", "did you mean `paper`"]),
        ("system = true\n", &["`system` is true", "a string"]),
        ("parameters = 3\n", &["line 1, column 1: `parameters` is the whole number 3", "a table of knobs"]),
        ("\n[playground]\npace = \"30\"\n", &["line 3, column 1: `playground.pace` is the string \"30\"", "pace = 30"]),
        ("[playground]\nmouse = \"yes\"\n", &["is the string \"yes\"", "true or false", "mouse = false"]),
        ("[playground]\ntheme = 3\n", &["is the whole number 3", "theme = \"dark\""]),
        ("[keys]\nstep = 3\n", &["line 2, column 1: `keys.step` is the whole number 3", "step = \".\""]),
        ("[keys]\nstep = [\".\", 3]\n", &["is a list that holds the whole number 3"]),
        ("[ensembles]\nlab = 3\n", &["`ensembles.lab` is the whole number 3", "desk = ["]),
        ("[members]\nqwen = \"http://x\"\n", &["`members.qwen` is the string \"http://x\"", "[members.qwen]"]),
        (
            "[members.q]\nurl = 'http://x'\n\nweight = \"2\"\n",
            &["line 4, column 1: `members.q.weight` is the string \"2\"", "weight = 1.0"],
        ),
        ("[members.q]\nurl = 'http://x'\nseed = \"true\"\n", &["is the string \"true\"", "seed = true"]),
        ("[members.q]\nurl = 'http://x'\nconcurrency = 1.5\n", &["is the number 1.5", "concurrency = 16"]),
        ("[members.q]\nurl = 8080\n", &["is the whole number 8080", "url = \"http://127.0.0.1:8080\""]),
        (
            "[members.q]\nurl = 'http://x'\nprice = { input = '1', output = 2 }\n",
            &["`members.q.price.input` is the string \"1\""],
        ),
        ("[members.q]\nurl = 'http://x'\nrole = true\n", &["`members.q.role` is true", "\"verify\"", "role = \"both\""]),
        ("[members.q]\nrole = 'both'\n", &["line 1, column 10: `members.q.url` must be given"]),
    ] {
        let config = home.path().join("mine.toml");
        fs::write(&config, text).unwrap();
        let output = home.run(&["run", "--config", config.to_str().unwrap(), "Hi"]);
        fails(&output, 2, &[&["mine.toml: "], said].concat());
    }
}

#[test]
fn what_may_be_a_secret_is_not_repeated() {
    let home = Home::new();
    let config = home.path().join("mine.toml");
    for text in [
        "[members.a]\nurl = 'http://x'\nkey = 'sk-4242'\n",
        "[members.a]\nurl = 'http://x'\nkey = { env = 4242 }\n",
        "[members.a]\nurl = 'http://x'\nheaders = { x = [ 'sk-4242' ] }\n",
        "[members.a]\nurl = 'http://x'\nbody = 'sk-4242'\n",
        "[members.a]\nurl = 'http://x'\nheaders = { x = 'sk-4242 }\n",
    ] {
        fs::write(&config, text).unwrap();
        let output = home.run(&["run", "--config", config.to_str().unwrap(), "Hi"]);
        fails(&output, 2, &["mine.toml: line "]);
        assert!(!err(&output).contains("4242"), "{}", err(&output));
    }
}

#[test]
fn a_command_that_is_not_there_is_told_with_the_one_that_is_meant() {
    let home = Home::new();
    fails(&home.run(&["rum", "hello"]), 2, &["no command `rum`", "specfuse run", "\"rum hello\""]);
    fails(&home.run(&["rum"]), 2, &["no command `rum`", "specfuse run"]);
    fails(&home.run(&["chekc", "--json"]), 2, &["no command `chekc`", "specfuse check"]);
    fails(&home.run(&["what", "is", "2+2"]), 2, &["in quotes", "specfuse \"what is 2+2\""]);
    fails(&home.run(&["run", "hello", "world"]), 2, &["in quotes", "specfuse run \"hello world\""]);
    // Questions stay questions; without a terminal the playground cannot show them.
    for question in [&["what is 2+2"][..], &["hello"], &["hello", "--segment-tokens", "5"], &["--", "rum"]] {
        fails(&home.run(question), 2, &["the playground needs a terminal"]);
    }
    assert!(out(&home.run(&["help", "run"])).contains("Usage: specfuse run"));
}

#[test]
fn options_before_the_command_are_taken() {
    let home = Home::new();
    let output = home.run(&["--segment-tokens", "5", "--seed", "1", "run", "-q", "--json", "--no-trace", "Hello!"]);
    let header: serde_json::Value = serde_json::from_str(out(&output).lines().next().unwrap()).unwrap();
    assert_eq!((&header["params"]["segment-tokens"], &header["seed"]), (&5.into(), &1.into()));
    fails(&home.run(&["--model", "nowhere.gguf", "check"]), 1, &[]);
    assert!(out(&home.run(&["--model", "nowhere.gguf", "check"])).contains("nowhere"));
}

#[test]
fn options_that_are_wrong_say_what_would_be_right() {
    let home = Home::new();
    for (arguments, said) in [
        (&["run", "--segment-token", "5", "Hi"][..], &["--segment-tokens"][..]),
        (&["run", "--segmnet", "words", "Hi"], &["--segment"]),
        (&["run", "--seed", "-1", "Hi"], &["'-1'", "--seed", "whole number"]),
        (&["run", "--seed", "1e3", "Hi"], &["'1e3'", "--seed", "whole number"]),
        (&["run", "--segment-tokens", "1e3", "Hi"], &["`1e3`", "segment-tokens", "1 to 200"]),
        (&["eval", "--limit", "-1", "f.jsonl"], &["'-1'", "--limit", "whole number"]),
        (&["sweep", "--jobs", "0", "f.jsonl"], &["'0'", "--jobs", "from 1 on"]),
        (&["run", "--weight", "atlas=abc", "Hi"], &["atlas=abc", "NAME=W"]),
        (&["run", "--key", "x=fake-key", "Hi"], &["--key takes NAME=env:VARIABLE", "does not belong on the command line"]),
        (&["run", "--key", "nobody=env:X", "Hi"], &["no member `nobody`"]),
        (&["run", "--key", "atlas=env:X", "Hi"], &["`atlas` is no server"]),
        (&["run", "--model", "model:7b", "Hi"], &["`model:7b` is neither", ".gguf", "host:8080"]),
        (&["run", "--role", "atlas=judge", "Hi"], &["atlas=judge", "NAME=verify"]),
        (&["run", "--role", "atlsa=draft", "Hi"], &["`atlsa`", "did you mean `atlas`"]),
        (&["run", "--members", "atlsa", "Hi"], &["`atlsa`", "did you mean `atlas`"]),
        (&["run", "--preset", "papr", "Hi"], &["`papr`", "did you mean `paper`"]),
        (&["run", "--ensemble", "x", "Hi"], &["`x`", "built-in"]),
        (&["run", "-x", "Hi"], &["'-x'"]),
    ] {
        fails(&home.run(arguments), 2, said);
    }
}

#[test]
fn a_question_may_begin_with_a_dash() {
    let home = Home::new();
    for arguments in [&["--", "-5"][..], &["- what is the capital of Japan?"], &["Hi", "--then", "- and why?"]] {
        let output = home.run(&[&["run", "-q", "--no-trace", "--seed", "1"], arguments].concat());
        assert_eq!((output.status.code(), err(&output).as_str()), (Some(0), ""), "{arguments:?}");
    }
}
