package io.kohaku.settings.kind;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A setting, or a section of them, that changes how a result is come by and not the result: speed,
 * logs, safety, and places, since what lies there is known by its content.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface How {}
