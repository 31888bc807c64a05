"""The parts of the page Guide: the words of the app, the steps and the checks, each explained from the code itself."""
