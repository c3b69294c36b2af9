package io.kohaku.sample.prompt;

import java.util.List;

/** What becomes of the weights in a prompt. */
public enum Emphasis {
  /** Vectors times weights, then the whole brought back to its mean. */
  ORIGINAL("Original"),
  /** Vectors times weights and nothing else: safe where the mean is about zero. */
  NO_NORM("No norm"),
  /** Brackets are read but every weight is 1. */
  IGNORE("Ignore"),
  /** Brackets are words like others. */
  NONE("None");

  private final String label;

  Emphasis(String label) {
    this.label = label;
  }

  /** The name that user interfaces write into pictures. */
  public String label() {
    return label;
  }

  /** The runs of a prompt under this rule. */
  List<PromptRun> runs(String prompt) {
    return switch (this) {
      case NONE -> PromptParser.literally(prompt);
      case IGNORE ->
          PromptParser.parse(prompt).stream()
              .map(run -> new PromptRun(run.text(), 1, run.breakAfter()))
              .toList();
      default -> PromptParser.parse(prompt);
    };
  }
}
