"""`python -m imbalearn_torch` is the command `imbalearn`."""

from imbalearn_torch.cli import main

if __name__ == "__main__":
    main()
