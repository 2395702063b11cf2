//! Lines that are not sentences.

use super::*;

/// Accepted text, a text, and its first segment; `None` while that is not known.
const LINES: &[(&str, &str, Option<&str>)] = &[
    // Lists.
    ("", "1.", None),
    ("", "1. ", None),
    ("", "1. Oslo is cold. It", Some("1. Oslo is cold.")),
    ("", "75. The", None),
    ("", "1989. The", Some("1989.")),
    ("", "-5. The", Some("-5.")),
    ("Cities:\n", "1. Oslo\n2. Rome", Some("1. Oslo\n")),
    ("1. Oslo\n", "2. Rome\n", Some("2. Rome\n")),
    ("Cities:\n1", ". Oslo\n", Some(". Oslo\n")),
    ("Cities:\n1.", " Oslo\n", Some(" Oslo\n")),
    ("Cities:\n1", "0. Oslo\n", Some("0. Oslo\n")),
    ("That is step", " 1. Then", Some(" 1.")),
    ("That is step 1", ". Then", Some(".")),
    ("", "a) Oslo\nb) Rome", Some("a) Oslo\n")),
    ("", "a. Oslo\nb. Rome", Some("a. Oslo\n")),
    ("", "(a)\nOslo\n", Some("(a)\nOslo\n")),
    ("", "**1. Oslo** is cold. It", Some("**1. Oslo** is cold.")),
    ("", "- 1. Oslo\n", Some("- 1. Oslo\n")),
    ("", "2)\n", None),
    // An answer that is a single number is a sentence.
    ("", "42\n", Some("42\n")),
    ("", "B\n", Some("B\n")),
    // Bullets and rules.
    ("", "-\n", None),
    ("", "* Oslo\n* Rome", Some("* Oslo\n")),
    ("Text.\n", "---\n\nMore", None),
    ("Text.\n", "---\n\nMore text. And", Some("---\n\nMore text.")),
    ("-", " Oslo\n", Some(" Oslo\n")),
    ("", "👍\n", Some("👍\n")),
    // Headings.
    ("", "# Title\n", None),
    ("", "## Title\n\nText is", None),
    ("", "## Title\n\nText is here. And", Some("## Title\n\nText is here.")),
    ("", "## 1. What is it? A. title\nText\n", Some("## 1. What is it? A. title\nText\n")),
    ("## The", " title\n", None),
    ("## The title\n", "Text\n", Some("Text\n")),
    ("", "#include\n", Some("#include\n")),
    ("", "**Title**\n", None),
    ("", "**Title:**\n\nText.\n", Some("**Title:**\n\nText.\n")),
    ("", "**Title**:\n", None),
    ("", "**One** and **two**\n", Some("**One** and **two**\n")),
    ("", "**One**. Then", Some("**One**.")),
    ("Say ", "**One**\n", Some("**One**\n")),
    // Code.
    ("", "```python\n", None),
    ("", "```python\nx = 1\ny = 2\n", Some("```python\nx = 1\n")),
    ("```python\nx = 1\n", "pass\n", Some("pass\n")),
    ("```python\nx = 1\n", "# It is\n", Some("# It is\n")),
    ("```python\n", "**it**\n", Some("**it**\n")),
    ("```", "python\n# It is\n", Some("python\n# It is\n")),
    ("```c\nf();\n", "}\n```\n\nThat is. It", Some("}\n```\n\nThat is.")),
    ("```c\nf();\n```\n", "# Title\n", None),
    ("```c\n", "```\n# Title\n", None),
    ("", "```x```\n", Some("```x```\n")),
    // Line breaks at the start of a segment.
    ("Here it is", "\n\n", None),
    ("Here it is:\n", "\n  \nText\n", Some("\n  \nText\n")),
    ("", "Title\r\n\r\nText", Some("Title\r\n\r\n")),
    ("", "# Title\r\n\r\nText\r\n", Some("# Title\r\n\r\nText\r\n")),
];

#[test]
fn lines_that_are_no_sentences_go_on() {
    for (accepted, text, expected) in LINES {
        let rule = SENTENCE.after(accepted);
        assert_eq!(rule.is_complete(text, 5), expected.is_some(), "{text:?} behind {accepted:?}");
        if let Some(expected) = expected {
            assert_eq!(&kept(rule, text), expected, "{text:?} behind {accepted:?}");
        }
    }
}

#[test]
fn the_token_cap_bounds_lines_that_go_on() {
    let text = "# One\n# Two\n# Three\n# Fo";
    assert!(!SENTENCE.is_complete(text, 39) && SENTENCE.is_complete(text, 40));
    assert_eq!(kept(SENTENCE, text), "# One\n# Two\n# Three\n#");
    assert_eq!(kept_of_end(SENTENCE, "# One\n"), ("# One\n", true));
}
