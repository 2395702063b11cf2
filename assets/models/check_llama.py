"""Compares the shipped files in llama.cpp with our own reading of them: tokens, greedy text, token probabilities.

Usage: `python check_llama.py [NAME...]`. Needs xllamacpp, which embeds llama.cpp.
"""
import json
import sys
import urllib.request

import numpy as np
import xllamacpp

from evaluate import HERE, TEAM, load, records
from runner import asked

STRANGE = ["What is 27 plus 48?", "  two  spaces, a tab\tand\nlines", "don't; she'll; we've", "Übergröße naïve 東京 🙂", "x=3.14*(2+1) #?!"]


def server(name):
    settings = xllamacpp.CommonParams()
    settings.model.path = str(HERE / f"{name}.gguf")
    settings.n_ctx, settings.n_parallel, settings.warmup = 512, 1, False
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    return xllamacpp.Server(settings)


def completion(running, text):
    """Greedy text of llama.cpp with its token ids and their log-probabilities."""
    reply = running.handle_completions({"prompt": text, "n_predict": 200, "temperature": 0, "top_k": 1, "n_probs": 1,
                                        "post_sampling_probs": False, "cache_prompt": False})
    choice = reply["choices"][0]
    listed = choice["logprobs"]["content"]
    return choice["text"], [entry["id"] for entry in listed], [entry["logprob"] for entry in listed]


def tokens(running, text):
    body = json.dumps({"content": text, "add_special": False, "parse_special": True}).encode()
    request = urllib.request.Request(running.listening_address + "/tokenize", body, {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))["tokens"]


def chat(running, question):
    reply = running.handle_chat_completions({"messages": [{"role": "user", "content": question}], "temperature": 0, "max_tokens": 200})
    return reply["choices"][0]["message"]["content"]


def difference(member, context, ids, listed):
    """The largest difference between their token probabilities and ours."""
    scores = member.scores(context + ids[:-1], len(context) - 1).astype(np.float64)
    p = np.exp(scores - scores.max(-1, keepdims=True))
    ours = (p / p.sum(-1, keepdims=True))[np.arange(len(ids)), ids]
    return float(np.abs(ours - np.exp(listed)).max())


def check(name, count=24):
    member, running = load(name), server(name)
    questions = [r["prompt"] for r in records("heldout")[:count]]
    same, worst = 0, 0.0
    for question in questions:
        context = member.encode(asked(question))
        text, ids, listed = completion(running, asked(question))
        same += text == member.draft(context)[0]
        worst = max(worst, difference(member, context, ids, listed))
    texts = [asked(q) for q in questions] + STRANGE
    alike = sum(tokens(running, text) == member.encode(text) for text in texts)
    template = chat(running, questions[0]) == member.draft(member.encode(asked(questions[0])))[0]
    print(f"{name}: greedy text alike {same}/{count}, largest probability difference {worst:.4f}, "
          f"tokens alike {alike}/{len(texts)}, chat template alike {template}", flush=True)


if __name__ == "__main__":
    for each in sys.argv[1:] or TEAM:
        check(each)
