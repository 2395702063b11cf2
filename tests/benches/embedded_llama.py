"""Times llama.cpp on the files that `cargo bench --bench embedded` times: python tests/benches/embedded_llama.py [MODEL.gguf ...]

Needs `pip install xllamacpp`. Its own count (`timings.predicted_per_token_ms`) of decoding with sampling, one thread, least of
many repetitions, behind prompts of about 100 and 400 tokens.
"""
import glob
import os
import sys

import xllamacpp as xl

MODELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "assets", "models", "*.gguf")


def server(path):
    params = xl.CommonParams()
    params.model.path = path
    params.n_ctx = 512
    params.n_parallel = 1
    params.warmup = True
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    return xl.Server(params)


for path in sys.argv[1:] or sorted(glob.glob(MODELS)):
    running = server(path)
    for questions in (8, 36):
        text = "".join(f"What is {number} plus {number}? " for number in range(questions))
        decode, prefill, tokens = [], [], 0
        for seed in range(30):
            reply = running.handle_completions({
                "prompt": f"<|user|>{text}<|end|><|assistant|>", "n_predict": 33, "temperature": 0.6, "top_p": 0.9, "top_k": 0,
                "min_p": 0.0, "seed": seed, "cache_prompt": False, "ignore_eos": True, "samplers": ["top_p", "temperature"],
            })
            timings = reply["timings"]
            decode.append(timings["predicted_per_token_ms"] * 1e3)
            prefill.append(timings["prompt_ms"])
            tokens = timings["prompt_n"]
        print(f"{os.path.basename(path)}: prefill {tokens} tokens {min(prefill):.2f} ms; decode, sampled {min(decode):.1f} µs a token", flush=True)
    del running
