//! Files whose chat template attacks the program that renders it: each costs an error that names it, and neither the process nor
//! its memory.

#![allow(clippy::unwrap_used)] // Test helpers stop a test as the tests themselves do.

use std::sync::Arc;

use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::member::Member;
use specfuse::engine::member::embedded::EmbeddedMember;

use crate::support::{model, wait};

const KEY: &str = "tokenizer.chat_template";

/// Where data starts in a GGUF file that does not say otherwise.
const ALIGNMENT: usize = 32;

/// A model with this chat template.
fn with_template(template: &str) -> Vec<u8> {
    let bytes = std::fs::read(model("babble")).unwrap();
    let place = bytes.windows(KEY.len()).position(|window| window == KEY.as_bytes()).unwrap() + KEY.len();
    // Its type, its length in eight bytes, the text.
    let begin = place + 4 + 8;
    let old = u64::from_le_bytes(bytes[place + 4..begin].try_into().unwrap()) as usize;
    // What follows moves by whole units of alignment, so that all of it stays aligned.
    let padding = (old + ALIGNMENT * 4096 - template.len()) % ALIGNMENT;
    let template = template.to_owned() + &" ".repeat(padding);
    let length = (template.len() as u64).to_le_bytes();
    [&bytes[..place + 4], &length, template.as_bytes(), &bytes[begin + old..]].concat()
}

/// The most memory that this process has used, in bytes.
#[cfg(target_os = "linux")]
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
}

/// The result of opening the file and calling the member.
fn asked(template: &str) -> Result<usize, String> {
    let member = EmbeddedMember::open("x.gguf", &with_template(template)).map_err(|error| error.to_string())?;
    wait(member.prepare(Arc::new(Conversation::question("Why?")))).map_err(|error| error.to_string())
}

#[test]
fn a_template_may_be_another_one() {
    assert!(asked("{% for m in messages %}{{ m.role ~ ': ' ~ m.content }}{% endfor %}").unwrap() > 3);
}

#[test]
fn a_hostile_template_costs_an_error_and_no_memory() {
    #[cfg(target_os = "linux")]
    let before = peak();
    let mut templates: Vec<String> = ["-", "not "].map(|link| format!("{{{{ {}1 }}}}", link.repeat(1_400))).into();
    for link in ["+1", ".a", "|string", "[0]", "()", "~1", " and 1", " in 1", " if 1 else 1", "**1", " is string", "[1:]"] {
        templates.push(format!("{{{{ a{} }}}}", link.repeat(5_500 / link.len())));
    }
    templates.push(format!("{{% if 0 %}}{}{{% endif %}}", "{% elif 0 %}".repeat(458)));
    for (open, close) in
        [("{% for a in b %}", "{% endfor %}"), ("{% set a %}", "{% endset %}"), ("{% filter upper %}", "{% endfilter %}")]
    {
        templates.push(format!("{}{}", open.repeat(300), close.repeat(300)));
    }
    for step in ["{% set a = [a, a] %}", "{% set a = {'x': a, 'y': a} %}", "{% set a = a + a %}", "{% set a = [a ~ a] %}"] {
        for end in ["{{ a }}", "{{ a | string }}", "{{ a == [a] }}", "{{ {a: 1} }}"] {
            templates.push(format!("{{% set a = [1, 1] %}}{}{end}", step.repeat(60)));
        }
    }
    templates.push("{% set n = namespace() %}{% set n.a = [n] %}{{ n }}".to_owned());
    templates.push("{% set n = namespace() %}{% for i in range(99999) %}{% set n.a = [n.a] %}{% endfor %}{{ n.a }}".to_owned());
    for template in templates {
        let error = asked(&template).unwrap_err();
        assert!(error.starts_with("x.gguf: tokenizer.chat_template"), "{error}");
        assert!(!error.contains("did not end"), "{error}");
    }
    #[cfg(target_os = "linux")]
    assert!(peak() - before < 200 << 20, "{} bytes more", peak() - before);
}
