"""`python -m breakthrough`."""

from breakthrough.cli import main

if __name__ == "__main__":
    main()
