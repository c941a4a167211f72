//! Answers written into a copy: cells only, every other byte kept.
