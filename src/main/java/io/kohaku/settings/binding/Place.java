package io.kohaku.settings.binding;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A setting that names what is read: a file, a folder or a pattern of them. Written in a recipe, a
 * relative path is looked for beside that recipe first, see {@link RecipePath}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Place {
  /** Whether a text without a dot or slash is the name of something built in, and no path. */
  boolean orName() default false;
}
