"""Project XML both ways: a project made from one, with its records, and a project written as one.

What is in the XML is read and written by `breakthrough.instruments.odm`; here it meets what this server stores.
"""
