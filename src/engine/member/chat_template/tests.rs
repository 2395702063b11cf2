//! Real templates pass, and the worst ones cost an error, within bounded time and memory.

use std::fmt::Write;

use super::{ChatTemplate, Input, TemplateError};

const CHATML: &str = include_str!("tests/chatml.jinja");
const HEADERS: &str = include_str!("tests/headers.jinja");
const CHANNELS: &str = include_str!("tests/channels.jinja");

fn input() -> Input {
    let turns = [("system", "Be brief."), ("user", "Why?"), ("assistant", "So."), ("user", "How?")];
    Input { turns: turns.map(|(role, content)| (role, content.to_owned())).into(), begin: "<s>".into(), end: "</s>".into() }
}

/// What the template renders. The time limit is the thread's own patience: a template that exceeds others fails with another
/// error.
fn rendered(source: &str) -> Result<String, String> {
    let template = ChatTemplate::new(source);
    let error = |error: TemplateError| error.to_string();
    template.check().map_err(error)?;
    template.render(input()).map_err(error)
}

/// Why the template is refused.
fn refused(source: &str) -> String {
    match rendered(source) {
        Ok(rendered) => panic!("{} bytes rendered of {}", rendered.len(), source.chars().take(80).collect::<String>()),
        Err(error) => error,
    }
}

#[test]
fn templates_of_real_size_and_shape_render() {
    let chatml = rendered(CHATML).unwrap();
    assert_eq!(
        chatml,
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\nSo.<|im_end|>\n\
         <|im_start|>user\nHow?<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"
    );
    let headers = rendered(HEADERS).unwrap();
    assert!(headers.starts_with("<s><|start_header_id|>system<|end_header_id|>\n\nBe brief."), "{headers}");
    assert!(headers.ends_with("How?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"), "{headers}");
    let channels = rendered(CHANNELS).unwrap();
    assert!(channels.contains("<|start|>developer<|message|># Instructions\n\nBe brief."), "{channels}");
    assert!(
        channels.contains("# Tools\n\nnamespace functions {\n// Looks things up\ntype look = (_: {how: \"fast\" | \"slow\","),
        "{channels}"
    );
    assert!(channels.ends_with("<|start|>user<|message|>How?<|end|><|start|>assistant"), "{channels}");
}

/// Guarding a template's names leaves no trace in what it renders.
#[test]
fn guarding_changes_nothing_that_is_rendered() {
    for (source, expected) in [
        ("{% set x = 1 %}\n{{ x }}", "1"),
        ("a {%- set x = [1, [2]] -%} \n {{ x }}", "a[1, [2]]"),
        ("a\n  {% set x = 1 %}  b\n", "a\n  b"),
        ("a {%+ set x = 1 +%}\n{{ x }}", "a \n1"),
        ("{% set a, b = 1, 2 %}{{ a + b }}", "3"),
        ("{% set n = namespace(x=1, y=[]) %}{% set n.x = n.x + 1 %}{% set n.y = n.y + [n.x] %}{{ n.x }}{{ n.y }}", "2[2]"),
        ("{% set n = namespace({'x': 1}) %}{{ n.x }}{{ namespace() is defined }}", "1True"),
        ("{% for (k, v) in {'a': 1} | items %}{{ k }}{{ v }}{% endfor %}", "a1"),
        ("{% for m in messages %}\n{{ loop.index }}{{ m.role[0] }}\n{% endfor %}", "1s\n2u\n3a\n4u\n"),
        ("{% for x in [1, [2, [3]]] recursive %}{{ loop(x) if x is sequence else x }}{% endfor %}", "123"),
        (
            "{% macro m(a, b=2, c=[]) %}{{ a }}{{ b }}{{ c }}{{ d is defined }}{% endmacro %}{{ m(1) }}{{ m(b=1, a=0) }}",
            "12[]False01[]False",
        ),
        ("{% macro m(a) %}{{ a is defined }}{% endmacro %}{{ m() }}", "False"),
        ("{% macro m() %}<{{ caller('x') }}>{% endmacro %}{% call(a) m() %}{{ a }}!{% endcall %}", "<x!>"),
        ("{% set x %}  t{% endset %}{{ x }}|{% set y | upper %}t{% endset %}{{ y }}", "  t|T"),
        ("{% with a = [1] %}{{ a }}{% endwith %}", "[1]"),
        ("{% set r = messages[1:] %}{{ r | length }}{{ r[0].content }}{{ (messages | reverse | first).content }}", "3Why?How?"),
        ("{% set r = range(3) %}{{ r | list }}{% for i in r %}{{ i }}{% endfor %}", "[0, 1, 2]012"),
        ("{{ '-' * 3 }}{{ loop_count * 2 if loop_count is defined }}{% for x in [1] %}{{ loop.index * 2 }}{% endfor %}", "---2"),
        ("{% raw %}{% set specfuse_settled %}{% endraw %}{# {% set x #}", "{% set specfuse_settled %}"),
    ] {
        assert_eq!(rendered(source).as_deref(), Ok(expected), "{source}");
    }
}

/// Whatever chains or nests more deeply the longer it gets is rejected before the parser sees it.
#[test]
fn chains_and_nests_in_expressions_are_refused_before_they_are_parsed() {
    let chain = |begin: &str, link: &str, end: &str| format!("{begin}{}{end}", link.repeat(5_500 / link.len()));
    let around = |open: &str, inner: &str, close: &str| {
        let times = 5_500 / (open.len() + close.len());
        format!("{{{{ {}{inner}{} }}}}", open.repeat(times), close.repeat(times))
    };
    let in_expressions = [
        "-",
        "not ",
        "+1",
        ".a",
        "|string",
        "[0]",
        "()",
        "**1",
        "~1",
        "*1",
        "/1",
        "//1",
        "%1",
        "-1",
        " and 1",
        " or 1",
        " in a",
        " not in a",
        "==1",
        "<1",
        " if 1",
        " if 1 else 1",
        " is string",
        " is not string",
        " is eq 1",
        "[1:2]",
        "[:]",
        ".0",
        "|a.a",
        " 'a'",
        "(1)",
        "(a=1)",
        "|d(1)",
    ];
    for link in in_expressions {
        let prefix = if matches!(link, "-" | "not ") { "" } else { "a" };
        let suffix = if prefix.is_empty() { "1 }}" } else { " }}" };
        let error = refused(&chain(&format!("{{{{ {prefix}"), link, suffix));
        assert!(error.starts_with("line 1: "), "{link}: {error}");
    }
    for (open, close) in
        [("[", "]"), ("{1:", "}"), ("(", ")"), ("(", ",)"), ("f(", ")"), ("f(a=", ")"), ("a[", "]"), ("(1 if ", " else 1)")]
    {
        assert!(refused(&around(open, "1", close)).starts_with("line 1: a tag of more than"), "{open}");
    }
}

#[test]
fn nested_blocks_are_refused_before_they_are_parsed() {
    let blocks = [
        ("{% if 1 %}", "{% endif %}"),
        ("{% for a in b %}", "{% endfor %}"),
        ("{% set a %}", "{% endset %}"),
        ("{% filter upper %}", "{% endfilter %}"),
        ("{% with a = 1 %}", "{% endwith %}"),
        ("{% autoescape true %}", "{% endautoescape %}"),
        ("{% call f() %}", "{% endcall %}"),
        ("{% macro f() %}", "{% endmacro %}"),
        ("{% if 1 %}{% else %}", "{% endif %}"),
        ("{% for a in b %}{% else %}", "{% endfor %}"),
    ];
    for (open, close) in blocks {
        let error = refused(&format!("{}{}", open.repeat(600), close.repeat(600)));
        assert!(error.starts_with("line 1: more than 256 blocks"), "{open}: {error}");
    }
    for elif in [600, 4_000] {
        let error = refused(&format!("{{% if 0 %}}{}{{% endif %}}", "{% elif 0 %}".repeat(elif)));
        assert!(error.starts_with("line 1: more than"), "{error}");
    }
}

#[test]
fn long_targets_and_templates_are_refused_before_they_are_parsed() {
    for target in ["{% set TARGET = 1 %}", "{% for TARGET in b %}{% endfor %}"] {
        for nest in [format!("{}a{}", "(".repeat(2000), ")".repeat(2000)), format!("a{}", ".a".repeat(2000)), "a,".repeat(2000)] {
            assert!(refused(&target.replace("TARGET", &nest)).starts_with("line 1: a tag of more than"), "{target}");
        }
    }
    assert!(refused(&"x".repeat(70_000)).contains("at most 60000 are taken"));
    assert!(refused(&"{{ 1 }}".repeat(12_000)).contains("at most 60000 are taken"));
    assert!(refused(&"{{1}}".repeat(11_000)).contains("more than 30000 tokens"));
    assert!(refused(&format!("{}{{{{ {}1 }}}}", "\n".repeat(6), "-".repeat(600))).starts_with("line 7: "));
}

/// The longest template accepted fits the stack: parsed, compiled, rendered and dropped.
#[test]
fn the_longest_that_is_let_through_fits_the_stack() {
    for source in [
        format!("{{{{ {}1 }}}}", "-".repeat(510)),
        format!("{{{{ {}1 }}}}", "not ".repeat(510)),
        format!("{{{{ 1{} }}}}", "+1".repeat(255)),
        format!("{{{{ 1{} }}}}", "|string".repeat(255)),
        format!("{{{{ 1{} }}}}", " if 1 else 1".repeat(127)),
        format!("{{% if 0 %}}{}{{{{ {}1 }}}}{{% endif %}}", "{% elif 0 %}".repeat(254), "-".repeat(510)),
        format!("{}x{}", "{% for a in messages %}{% if loop.first %}".repeat(70), "{% endif %}{% endfor %}".repeat(70)),
    ] {
        assert!(rendered(&source).is_ok(), "{}", source.chars().take(60).collect::<String>());
    }
}

/// Values that share their parts are exponential to print, compare and hash; those that contain themselves have no end.
#[test]
fn values_do_not_grow_without_bound() {
    let times = |begin: &str, step: &str, end: &str| format!("{begin}{}{end}", step.repeat(60));
    let doubled = "{% set a = [1, 1] %}";
    let mut sources = vec![
        times("{% set a = 'xx' %}", "{% set a = [a ~ a] %}", "{{ a }}"),
        times("{% set a %}xx{% endset %}", "{% set a %}{{ a }}{{ a }}{% endset %}", "{{ a }}"),
        times("{% set n = namespace(a=[1, 1]) %}{% for i in range(60) %}", "{% set n.a = [n.a, n.a] %}", "{% endfor %}{{ n.a }}"),
        "{% set n = namespace(a=[1, 1]) %}{% for i in range(60) %}{% set n.a = n.a + n.a %}{% endfor %}{{ n.a }}".into(),
        "{% set n = namespace() %}{% for i in range(9999) %}{% set n.a = [n.a] %}{% endfor %}{{ n.a }}".into(),
        "{% set n = namespace() %}{% for i in range(9999) %}{% set n.a = dict(a=n.a) %}{% endfor %}{{ n.a }}".into(),
        "{% set n = namespace(a=[1]) %}{% for i in range(9999) %}{% set n.a = n.a[0:] %}{% endfor %}{{ n.a }}".into(),
        "{% set n = namespace(a=[1]) %}{% for i in range(9999) %}{% set n.a = n.a | batch(1) %}{% endfor %}{{ n.a }}".into(),
        "{% macro f(x) %}{{ f([x, x]) }}{% endmacro %}{{ f([1, 1]) }}".into(),
        "{% for x in [[1, 1]] recursive %}{{ loop([[x, x]]) }}{% endfor %}".into(),
        "{% set n = namespace() %}{% set n.a = n %}{{ n }}".into(),
        "{% set n = namespace() %}{% set n.a = [n] %}{{ n }}".into(),
        "{% set n = namespace() %}{% set a = {'n': n} %}{% set n.a = a %}{{ n }}".into(),
        "{% set n = namespace() %}{% set m = namespace(n=n) %}{% set n.m = m %}{{ n }}".into(),
        "{{ ([1] * 9999999) ~ '' }}".into(),
        "{{ (9999999 * [1]) | string }}".into(),
        "{{ [1] * 64 * 64 * 64 * 64 }}".into(),
        "{{ 'a' | list * 9999999 }}".into(),
        "{{ 9 * 'a' | list }}".into(),
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}".into(),
        "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}".into(),
        "{% macro f(a=[1, 1], b=[a, a], c=[b, b]) %}{{ c }}{% endmacro %}{{ f() }}".into(),
        "{% with a = [1, 1], b = [a, a], c = [b, b] %}{{ c }}{% endwith %}".into(),
        "{% set specfuse_settled = 1 %}".into(),
        "{{ debug() }}".into(),
        "{{ 'x' | indent(999999999) }}".into(),
        "{{ '%999999999d' | format(1) }}".into(),
        "{{ range(99999) | join('x' * 99999) }}".into(),
        "{{ raise_exception('\u{1b}[2J' ~ 'x' * 9999) }}".into(),
    ];
    for end in
        ["{{ a }}", "{{ a | string }}", "{{ a ~ '' }}", "{{ a in 'x' }}", "{{ {a: 1} }}", "{{ a | sort }}", "{{ a | length }}"]
    {
        sources.push(times(doubled, "{% set a = [a, a] %}", end));
        sources.push(times(doubled, "{% set a = {'x': a, 'y': a} %}", end));
        sources.push(times(doubled, "{% set a = a, a %}", end));
        sources.push(times(doubled, "{% set a = a + a %}", end));
    }
    let mut nested = String::from("{% set a0 = [1, 1] %}");
    (0..60).for_each(|depth| write!(nested, "{{% for a{} in [[a{depth}, a{depth}]] %}}", depth + 1).unwrap());
    sources.push(nested + "{{ a60 }}" + &"{% endfor %}".repeat(60));
    for source in sources {
        let error = refused(&source);
        assert!(error.chars().count() < 400 && !error.contains('\u{1b}'), "{error}");
        assert!(!error.contains("did not end") && !error.contains("engine failed"), "{source}: {error}");
    }
}

#[test]
fn what_is_left_behind_is_not_tried_again() {
    let template = ChatTemplate::new("{{ 1 }}");
    let limit = std::time::Duration::from_millis(1);
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let late = super::aside::run(limit, move || ended.recv().map_err(|_| TemplateError::Broken));
    drop(end);
    assert_eq!(late, Err(TemplateError::TimedOut(limit)));
    template.given_up.set(TemplateError::TimedOut(limit)).unwrap();
    assert_eq!(template.render(input()), Err(TemplateError::TimedOut(limit)));
}

#[test]
fn a_panic_of_the_engine_is_an_error() {
    let broken: Result<(), TemplateError> =
        super::aside::run(super::PATIENCE.1, || std::panic::resume_unwind(Box::new("broken on purpose")));
    assert_eq!(broken, Err(TemplateError::Broken));
}

#[test]
fn rendering_gives_up_by_itself_when_time_is_up() {
    let source = "{% for a in messages %}{{ a.role }}{% endfor %}";
    let error = super::render(source, &input(), std::time::Instant::now()).unwrap_err();
    assert_eq!(error, TemplateError::TimedOut(super::PATIENCE.0));
    for guarded in [
        "{{ 1 }}",
        "{% set a = 1 %}",
        "{% for () in [[]] %}{% endfor %}",
        "{% macro f() %}{% endmacro %}{% set x %}{{ f() }}{% endset %}",
    ] {
        assert!(super::render(guarded, &input(), std::time::Instant::now()).is_err(), "{guarded}");
    }
}

proptest::proptest! {
    /// Any tokens in any order finish, without a panic.
    #[test]
    fn any_template_ends(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60)) {
        if let Err(error) = rendered(&pieces.concat()) {
            assert!(!error.contains("did not end") && !error.contains("engine failed"), "{}: {error}", pieces.concat());
        }
    }
}

const PIECES: &[&str] = &[
    "{{ ",
    " }}",
    "{% ",
    " %}",
    "{%- ",
    " -%}",
    "{# ",
    " #}",
    "set ",
    "a",
    "b",
    " = ",
    "[a, a]",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    ",",
    ":",
    "for ",
    " in ",
    "endfor",
    "if ",
    "elif ",
    "else",
    "endif",
    "macro ",
    "endmacro",
    "f(a)",
    "a + a",
    "a ~ a",
    "|list",
    "|string",
    "|sort",
    ".x",
    "[1:]",
    "messages",
    "namespace(x=a)",
    "n",
    "n.x",
    "1",
    "'x'",
    "*",
    "64",
    "{% set a = [a, a] %}",
    "{% set n = namespace(x=[1]) %}",
    "{% set n.x = [n.x, n.x] %}",
    "{% for a in messages %}",
    "{% endfor %}",
    "{{ a }}",
    "{% if a == b %}",
    "{% endif %}",
    "\n",
    "%}",
    "{%",
    "raw",
    "{% endraw %}",
    "not ",
    "- ",
    "loop(a)",
    " recursive",
    "with ",
    "endwith",
    "call(a) f(b)",
    "endcall",
    "é",
    "\u{fdd0}",
];

/// What templates of real models do with texts.
#[test]
fn methods_of_python_are_known() {
    for (source, expected) in [
        ("{{ ' a b '.strip() }}|{{ 'a</think>b'.split('</think>')[-1].lstrip('\\n') }}", "a b|b"),
        ("{% if messages[0]['content'].startswith('Be') %}yes{% endif %}", "yes"),
        ("{{ messages[1].content.upper() }}{{ messages[1].get('role') }}{{ messages[1].get('name', '-') }}", "WHY?user-"),
        ("{% for key, value in {'a': 'b'}.items() %}{{ key }}={{ value }} {% endfor %}", "a=b "),
        ("{{ 'a-b'.replace('-', '+') }}{{ ','.join(['x', 'y']) }}{{ 'abc'.find('c') }}", "a+bx,y2"),
    ] {
        assert_eq!(rendered(source).as_deref(), Ok(expected), "{source}");
    }
}

#[test]
fn methods_make_nothing_that_is_too_large() {
    let long = format!("'{}'", "x".repeat(300));
    for source in [
        format!("{{{{ {long}.replace('', {long}) }}}}"),
        format!("{{{{ {long}.join({long}.split('')) }}}}"),
        "{{ '{:>1000000000}'.format('x') }}".to_owned(),
        format!("{{{{ {long}.replace('x', {long}).replace('x', {long}).replace('x', {long}) }}}}"),
    ] {
        refused(&source);
    }
    assert!(refused("{{ 'x'.format('y') }}").contains("method"));
    assert!(refused("{{ 'x'.encode() }}").contains("method"));
}
