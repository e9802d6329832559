"""``python -m catalogue``."""

from catalogue.cli.main import main

if __name__ == "__main__":
    main()
