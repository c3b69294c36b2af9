package io.kohaku.settings.binding;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The least and the greatest value, both allowed, of a number. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Range {
  /** The least allowed value. */
  double min() default Double.NEGATIVE_INFINITY;

  /** The greatest allowed value. */
  double max() default Double.POSITIVE_INFINITY;
}
