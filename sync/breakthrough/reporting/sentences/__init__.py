"""What reports say, as pure functions from values to English: verdicts, goals, states, actions, tests, ratings, duties.

Every verdict has one pattern: what was counted, against what, signal or not yet, what would change it. No sentence
praises without evidence, blames, or says why something changed.
"""
