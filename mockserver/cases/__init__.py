"""Answers which situations clients break on: a catalogue, read from files, worded for people, run by machine.

It is handed the folder of the files and records of the vendors. What a vendor does stays out, and so does making the
sandbox in which a case happens (`admin`).
"""
