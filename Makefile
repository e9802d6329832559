# Thin on purpose: `python3 tasks.py TASK` does the same where there is no make.
PYTHON ?= python3

.PHONY: run test check coverage lint bench lock messages characters clean
run test check coverage lint bench lock messages characters clean:
	@$(PYTHON) tasks.py $@
