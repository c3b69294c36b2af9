package io.kohaku.settings.binding;

import java.util.regex.Pattern;

/**
 * Takes out of texts what must not be kept: user and password in front of a URI's host, as in
 * {@code s3a://key:secret@bucket}. Nothing that is printed or stored with a run holds them.
 */
public final class Redaction {
  private static final Pattern USER = Pattern.compile("://[^/@\\s\"]+@");

  private Redaction() {}

  /** The text without users and passwords of URIs. */
  public static String of(String text) {
    return USER.matcher(text).replaceAll("://***@");
  }
}
