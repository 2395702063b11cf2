"""A real llama.cpp server on one GGUF, with the flags of `llama-server` that the tests use.

Prints `READY http://HOST:PORT` once it answers. `--die-with-stdin` ends it when its standard input closes, so that it never
outlives the test that started it, however that test ends. Needs xllamacpp, which embeds llama.cpp's server.
"""
import argparse
import os
import signal
import sys
import threading

import xllamacpp

SPECULATIVE = {"draft-simple": "COMMON_SPECULATIVE_TYPE_DRAFT_SIMPLE", "ngram-simple": "COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE"}


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("-m", "--model", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("-c", "--ctx-size", type=int, default=2048)
    parser.add_argument("-np", "--parallel", type=int, default=4)
    parser.add_argument("-t", "--threads", type=int, default=1)
    parser.add_argument("-tb", "--threads-batch", type=int)
    parser.add_argument("-a", "--alias")
    parser.add_argument("--api-key")
    parser.add_argument("--chat-template")
    parser.add_argument("--cache-ram", type=int)
    parser.add_argument("--no-kv-unified", action="store_true")
    parser.add_argument("--no-cache-idle-slots", action="store_true")
    parser.add_argument("--no-slots", action="store_true")
    parser.add_argument("--spec-type", choices=sorted(SPECULATIVE))
    parser.add_argument("-md", "--model-draft")
    parser.add_argument("--cache-type", choices=["f16", "f32"], default="f16")
    parser.add_argument("--no-ui", "--no-webui", action="store_true")
    parser.add_argument("--die-with-stdin", action="store_true")
    return parser.parse_args()


def settings(given):
    params = xllamacpp.CommonParams()
    params.model.path = given.model
    # Older versions of the module have one host.
    if hasattr(params, "hostnames"):
        params.hostnames = [given.host]
    else:
        params.hostname = given.host
    params.port = given.port
    params.n_ctx, params.n_parallel = given.ctx_size, given.parallel
    params.cpuparams.n_threads, params.cpuparams_batch.n_threads = given.threads, given.threads_batch or given.threads
    params.warmup = params.fit_params = False
    params.kv_unified = not given.no_kv_unified
    if hasattr(params, "cache_idle_slots"):
        params.cache_idle_slots = not given.no_cache_idle_slots
    params.endpoint_slots = not given.no_slots
    if given.alias:
        params.model_alias = {given.alias}
    if given.api_key:
        params.api_keys = [given.api_key]
    if given.chat_template:
        params.chat_template = given.chat_template
    if given.cache_ram is not None:
        params.cache_ram_mib = given.cache_ram
    if given.cache_type == "f32":
        params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    if given.model_draft:
        params.speculative.draft.mparams.path = given.model_draft
    if given.spec_type:
        params.speculative.types = [getattr(xllamacpp.common_speculative_type, SPECULATIVE[given.spec_type])]
    return params


def die_with_stdin():
    while os.read(0, 4096):
        pass
    # The server's threads would outlive an orderly end of the interpreter.
    os._exit(0)


given = arguments()
if given.die_with_stdin:
    threading.Thread(target=die_with_stdin, daemon=True).start()
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
running = xllamacpp.Server(settings(given))
print(f"READY {running.listening_address}", flush=True)
threading.Event().wait()
