"""Records what llama.cpp says about the project's models, for the tests in this folder to be held against.

    pip install xllamacpp          # llama.cpp as a Python package; 0.2 or later
    python tests/embedded/record.py

Writes, into `recorded/`:
  tokens.json    texts and the ids that llama.cpp gives them, once with special tokens parsed and once without, under the
                 vocabulary of one model and under both ways to split text (`gpt-2` and `default`).
  NAME.json      for each model: prompts, a continuation as token ids, and the log-probability of each of its tokens.
The continuation of a prompt is drawn by llama.cpp itself at temperature 1 with a fixed seed, so that improbable tokens occur.
Everything here is generated: the texts are written below, the models are the project's own.
"""
import json
import os
import shutil
import sys
import tempfile
import urllib.request

import xllamacpp as xl

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = os.path.join(HERE, "..", "..", "assets", "models")
OUT = os.path.join(HERE, "recorded")

TEXTS = [
    "", " ", "a", " a", "  a", "a ", "a  ", "\n", "\n\n", "\n\n\n", " \n", "\n ", "a\nb", "a\n\nb", "a \n b", "\ta\t\tb\r\n",
    "Hello, world!", "The capital of France is Paris.", "What is 12 plus 30? It is 42.", "x=12,y = 3.5e-7;", "1234567890", "007 1 22 333",
    "I'm sure they've said we'll go; it's John's, isn't it? 'tis", "DON'T 'S 'RE ''s ' s", "can’t “quote” – dash…",
    "Crème brûlée à la façon de Zoë, naïve café", "e\u0301 combining, n\u0303", "Straße ĳ ﬁ Ǆ", "İstanbul ığüşöç",
    "😀", "a😀b", "👩‍👩‍👧‍👦 👍🏽 🇫🇷", "日本語のテキスト、句読点。", "你好，世界！ 12個", "한국어 텍스트", "ภาษาไทย", "हिन्दी में पाठ १२३",
    "العربية من اليمين إلى اليسار ١٢٣", "עברית‏ עם‎ סימנים", "Ελληνικά και Русский", "½ ² Ⅻ ① ٣ ৩ ๓", "\u00a0nbsp\u00a0\u2003em\u3000wide",
    "\u0001\u0002\u001b[31mred\u001b[0m\u007f", "\u200b\u200d\u2060\ufeff", "tab\u000bvt\u000cff\u0085nel\u2028ls\u2029ps",
    "def f(x):\n    return x ** 2  # square\n\n\n", "| a | b |\n|---|---|\n| 1 | 2 |", "**bold** _it_ `code` [l](http://x.y/z?q=1&r=2#s)",
    "$5 + 3 < 9 > 2 ^ 2 ~ x | y = z", "!!!???...,,,", "a'b\"c\\d/e", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "the the  the   the    the", "Antidisestablishmentarianism floccinaucinihilipilification", "\U0001d54f\U0001d556\U0001d55d",
    "<|end|>", "<|user|>What?<|end|><|assistant|>", "a<|end|>b <|user|> c", "<|end", "|end|>", "<|end|><|end|>", "<<|end|>>",
    "\u0300\u0301 marks alone", "\u0915\u094d\u0937\u093f", "Ω≈ç√∫˜µ≤≥÷", "٪ ‰ № ™ © ®", "\ue000 private \U0010fffd", "12 345 678,90 1.2.3 1e10 0x1F",
]

QUESTIONS = {
    "atlas": ["What is the capital of France?", "Which currency is used in Japan?", "What is the capital of Kenya? What is 3 plus 4?"],
    "abacus": ["What is 12 plus 30?", "What is 7 times 8?", "What is 100 minus 37? What is the capital of Peru?"],
    "lexicon": ["What is the opposite of hot?", "What is the plural of mouse?", "What is another word for happy?"],
    "babble": ["What is the capital of France?", "Say something 😀 strange:\n\n1) été"],
    "almanac": ["What comes after Monday?", "How many days are in June?", "Which planet is the largest?"],
}
OTHER = ["Tell me about 日本 and 12345 things, it's fine.", "Hello!", "What is the capital of Italy? What is 5 plus 6? What is the opposite of big?"]


def server(path):
    params = xl.CommonParams()
    params.model.path = path
    params.n_ctx = 512
    params.n_parallel = 1
    params.warmup = False
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    return xl.Server(params)


def ids(running, text, special):
    body = json.dumps({"content": text, "add_special": False, "parse_special": special}).encode()
    request = urllib.request.Request(f"{running.listening_address}/tokenize", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)["tokens"]


def tokens(path):
    """Ids under one vocabulary, split both ways."""
    recorded = []
    with tempfile.TemporaryDirectory() as folder:
        for split in ("gpt-2", "default"):
            copy = os.path.join(folder, f"{split}.gguf")
            shutil.copy(path, copy)
            if split != "gpt-2":
                resplit(copy, split)
            running = server(copy)
            for text in TEXTS:
                recorded.append({"split": split, "text": text, "plain": ids(running, text, False), "special": ids(running, text, True)})
            del running
    return recorded


def resplit(path, split):
    """Renames the splitting rule in place: `default` is two bytes longer, so the whole file is written anew around it."""
    with open(path, "rb") as file:
        data = file.read()
    key = b"tokenizer.ggml.pre"
    at = data.index(key) + len(key) + 4
    old = int.from_bytes(data[at:at + 8], "little")
    assert data[at + 8:at + 8 + old] == b"gpt-2"
    # Two bytes more here are two padding bytes less before the tensors; where there are none, a whole alignment is added.
    head = data[:at] + len(split).to_bytes(8, "little") + split.encode() + data[at + 8 + old:]
    table_end = end_of_table(data)
    start = -(-table_end // 32) * 32
    moved = table_end + len(split) - old
    body = data[start:]
    with open(path, "wb") as file:
        file.write(head[:moved] + b"\0" * (-moved % 32) + body)


def end_of_table(data):
    """Where the table of tensors ends."""
    number = lambda at, size: int.from_bytes(data[at:at + size], "little")
    width = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
    tensors, entries, at = number(8, 8), number(16, 8), 24

    def skip(kind, at):
        if kind == 8:
            return at + 8 + number(at, 8)
        if kind == 9:
            inner, count, at = number(at, 4), number(at + 4, 8), at + 12
            for _ in range(count):
                at = skip(inner, at)
            return at
        return at + width[kind]

    for _ in range(entries):
        at += 8 + number(at, 8)
        at = skip(number(at, 4), at + 4)
    for _ in range(tensors):
        at += 8 + number(at, 8)
        at += 4 + 8 * number(at, 4) + 4 + 8
    return at


def probabilities(path, name):
    """Continuations of prompts with the log-probability of each token."""
    running = server(path)
    recorded = []
    for seed, question in enumerate(QUESTIONS.get(name, []) + OTHER):
        prompt = f"<|user|>{question}<|end|><|assistant|>"
        reply = running.handle_completions({
            "prompt": ids(running, prompt, True), "n_predict": 60, "temperature": 1.0, "seed": seed, "top_k": 0, "top_p": 1.0,
            "min_p": 0.0, "n_probs": 1, "post_sampling_probs": False, "cache_prompt": False, "ignore_eos": seed % 2 == 1,
            "repeat_penalty": 1.0, "samplers": ["temperature"],
        })
        drawn = reply["completion_probabilities"] if "completion_probabilities" in reply else reply["choices"][0]["logprobs"]["content"]
        recorded.append({
            "question": question,
            "prompt": ids(running, prompt, True),
            "ids": [token["id"] for token in drawn],
            "logprobs": [round(token["logprob"], 5) for token in drawn],
        })
    del running
    return recorded


def write(name, value):
    with open(os.path.join(OUT, name), "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(item, ensure_ascii=True) for item in value) + "\n]\n")


if __name__ == "__main__":
    os.makedirs(OUT, exist_ok=True)
    names = sys.argv[1:] or sorted(file[:-5] for file in os.listdir(MODELS) if file.endswith(".gguf"))
    for name in names:
        write(f"{name}.json", probabilities(os.path.join(MODELS, f"{name}.gguf"), name))
    write("tokens.json", tokens(os.path.join(MODELS, "atlas.gguf")))
