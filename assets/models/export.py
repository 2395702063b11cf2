"""Writes one trained member as a GGUF file: F16 matrices, F32 norms, its vocabulary and the chat template inside.

Usage: `python export.py FOLDER NAME...`; the files go next to this program.
"""
import json
import sys
from pathlib import Path

import gguf
import numpy as np

from recipe import CONTEXT, END, EPSILON, MEMBERS, ROPE_BASE, SPECIALS

HERE = Path(__file__).parent
ABOUT = {"atlas": "countries", "abacus": "whole-number arithmetic", "lexicon": "English words", "almanac": "nature and the calendar",
         "babble": "nothing; it is there to be voted out"}
TEMPLATE = ("{% for m in messages %}{% if m['role'] == 'user' %}<|user|>{{ m['content'] }}<|end|>"
            "{% elif m['role'] == 'assistant' %}<|assistant|>{{ m['content'] }}<|end|>{% endif %}{% endfor %}"
            "{% if add_generation_prompt %}<|assistant|>{% endif %}")
LAYER_NAMES = {"attn_norm": "attn_norm", "ffn_norm": "ffn_norm", "q": "attn_q", "k": "attn_k", "v": "attn_v", "o": "attn_output",
               "gate": "ffn_gate", "up": "ffn_up", "down": "ffn_down"}


def add_shape(writer, member):
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(member.width)
    writer.add_block_count(member.layers)
    writer.add_feed_forward_length(member.hidden)
    writer.add_head_count(member.heads)
    writer.add_head_count_kv(member.heads)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_rope_dimension_count(member.width // member.heads)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)


def add_vocabulary(writer, tokenizer):
    tokens = sorted(tokenizer["model"]["vocab"].items(), key=lambda entry: entry[1])
    assert [number for _, number in tokens] == list(range(len(tokens)))
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([text for text, _ in tokens])
    writer.add_token_types([gguf.TokenType.CONTROL if text in SPECIALS else gguf.TokenType.NORMAL for text, _ in tokens])
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in tokenizer["model"]["merges"]])
    writer.add_bos_token_id(END)
    writer.add_eos_token_id(END)
    writer.add_eot_token_id(END)
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)


def add_weights(writer, member, p):
    def add(name, x):
        writer.add_tensor(name, np.ascontiguousarray(x, np.float32 if x.ndim == 1 else np.float16))

    add("token_embd.weight", p["embedding"])  # the output shares it
    add("output_norm.weight", p["output_norm"])
    for layer in range(member.layers):
        for ours, theirs in LAYER_NAMES.items():
            add(f"blk.{layer}.{theirs}.weight", p[ours][layer])


def export(name, folder, target=HERE):
    member, path = MEMBERS[name], target / f"{name}.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(name)
    writer.add_description(f"A very small SpecFuse member, trained on generated text only; it knows {ABOUT[name]}.")
    writer.add_license("MIT")
    add_shape(writer, member)
    add_vocabulary(writer, json.loads((folder / f"{name}.tokenizer.json").read_text()))
    add_weights(writer, member, np.load(folder / f"{name}.npz"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    for each in sys.argv[2:]:
        export(each, Path(sys.argv[1]))
