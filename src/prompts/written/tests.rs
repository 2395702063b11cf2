use super::*;

fn read(text: &str, answers: Answers) -> Result<Vec<Prompt>, String> {
    prompts(Path::new("p.jsonl"), text, answers).map_err(|error| error.to_string())
}

fn questions(text: &str) -> Vec<String> {
    let prompts = read(text, Answers::Optional).unwrap();
    prompts.iter().map(|prompt| prompt.conversation.prompt().to_owned()).collect()
}

#[test]
fn a_line_is_a_prompt_or_turns_with_answers() {
    let prompts = read(r#"{"prompt": "Hi?", "answers": ["a"]}"#, Answers::Required).unwrap();
    assert_eq!(prompts[0].conversation.prompt(), "Hi?");
    let turns = r#"{"turns": [{"role": "user", "content": "x"}], "answers": ["a"], "experts": ["atlas"]}"#;
    assert_eq!(read(turns, Answers::Required).unwrap()[0].experts, ["atlas"]);
}

#[test]
fn a_line_without_answers_is_a_question_only_where_that_is_wanted() {
    let line = r#"{"prompt": "Hi?"}"#;
    assert_eq!(read(line, Answers::Optional).unwrap(), [Prompt::question(Conversation::question("Hi?"))]);
    assert!(read(line, Answers::Required).unwrap_err().contains("answers"));
    for wanted in [Answers::Optional, Answers::Required] {
        assert!(read(r#"{"prompt": "a", "answers": []}"#, wanted).is_err(), "an empty list is a mistake");
    }
}

#[test]
fn however_the_json_is_laid_out_it_holds_the_same_prompts() {
    for text in [
        "{\"prompt\": \"a\"}\n{\"prompt\": \"b\"}",
        "\n  {\"prompt\": \"a\"}  \n\n\t\n{\"prompt\": \"b\"}\t\n\n",
        "[{\"prompt\": \"a\"}, {\"prompt\": \"b\"}]",
        "\n[\n  {\n    \"prompt\": \"a\"\n  },\n  {\n    \"note\": [1],\n    \"prompt\": \"b\"\n  }\n]\n",
        "[\"a\", \"b\"]\n",
        "\"a\"\n\"b\"\n",
        "{\n  \"prompt\": \"a\"\n}\n{\n  \"prompt\": \"b\"\n}\n",
        "[{\"prompt\": \"a\"}]\n[{\"prompt\": \"b\"}]\n",
    ] {
        assert_eq!(questions(text), ["a", "b"], "{text}");
    }
    assert_eq!(questions("{\n\"prompt\": \"a\",\n\"answers\": [\n\"x\"\n]\n}\n"), ["a"]);
    assert!(read("[]\n", Answers::Optional).unwrap().is_empty());
}

#[test]
fn every_mistake_has_the_files_line_and_no_other() {
    for (text, line, said) in [
        ("{\"prompt\": \"a\"}\n\n{\"prompt\": 5}\n", 3, "invalid type"),
        ("{\"prompt\": \"a\"}\n{\"prompt\": \"b\"\n{\"prompt\": \"c\"}\n", 2, "EOF"),
        ("{\"prompt\": \"a\"\n{\"prompt\": \"b\"}\n", 1, "EOF"),
        ("\n[\n{\"prompt\": \"a\"},\n{\"prompt\": 5}\n]\n", 4, "invalid type"),
        ("[\n{\"prompt\": \"a\"},\n{\n\"prompt\":\n5}\n]\n", 5, "invalid type"),
        ("[\n{\"prompt\": \"a\"},\n\n{\"answers\": [\"b\"]}\n]\n", 4, "either `prompt` or `turns`"),
        ("[\n{\"prompt\": \"a\"},\n]\n", 3, "expected value"),
        ("[\n{\"prompt\": \"a\"}\n", 2, "EOF"),
        ("{\n\"prompt\": \"a\"\n}\n\n{\n\"prompt\": true\n}\n", 6, "invalid type"),
        ("prompt,answers\nWhy?,42\n", 1, "a prompt is written as"),
        ("{\"prompt\": \"a\"}\n{\"turns\": [{\"role\": \"usr\", \"content\": \"\"}]}\n", 2, "usr"),
    ] {
        let error = read(text, Answers::Optional).unwrap_err();
        assert!(error.contains(&format!("line {line}: ")) && error.contains(said), "{text}\n{error}");
        assert_eq!(error.matches("line ").count(), 1, "{error}");
    }
}
