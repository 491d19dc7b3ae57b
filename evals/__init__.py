"""Questions with known answers, what is measured on them, and the gate that decides a release."""
