package io.kohaku.settings.binding;

/** A record with rules that concern more than one of its components. */
public interface Checked {
  /**
   * Adds what is wrong. Called once all components are well-formed on their own.
   *
   * @param problems takes keys relative to the record, for example {@code until}
   */
  void check(Problems problems);
}
