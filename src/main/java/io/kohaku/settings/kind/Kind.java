package io.kohaku.settings.kind;

import java.lang.reflect.RecordComponent;
import java.util.Optional;

/** Whether a setting decides a result. */
public enum Kind {
  /** It does, see {@link What}. */
  WHAT,
  /** It does not, see {@link How}. */
  HOW;

  /** What a component says of itself, else what the section around it says. */
  static Optional<Kind> of(RecordComponent component, Optional<Kind> around) {
    boolean what = component.isAnnotationPresent(What.class);
    boolean how = component.isAnnotationPresent(How.class);
    if (what && how) {
      throw new IllegalStateException("Invalid marks of " + component + ": @What and @How");
    }
    return what ? Optional.of(WHAT) : how ? Optional.of(HOW) : around;
  }
}
