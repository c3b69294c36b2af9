package io.kohaku.post;

import io.kohaku.settings.posts.RatingLetters;
import java.util.Locale;
import org.apache.spark.unsafe.types.UTF8String;

/** How explicit a post is, in the order of HakuBooru's codes. */
public enum Rating {
  GENERAL("g"),
  SENSITIVE("s"),
  QUESTIONABLE("q"),
  EXPLICIT("e");

  private static final Rating[] BY_CODE = values();

  private final String letter;
  private final UTF8String text;

  Rating(String letter) {
    this.letter = letter;
    this.text = UTF8String.fromString(letter);
  }

  /** The letter in tables: g, s, q or e. */
  public String letter() {
    return letter;
  }

  /** The letter as Spark keeps text. */
  UTF8String text() {
    return text;
  }

  /** Lower-case name, as settings write it. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The rating of a table's letter. */
  public static Rating ofTable(UTF8String letter) {
    for (Rating rating : BY_CODE) {
      if (rating.text.equals(letter)) {
        return rating;
      }
    }
    throw new IllegalArgumentException("Invalid rating: " + letter + " (one of g, s, q, e)");
  }

  /** The rating of HakuBooru's code. */
  public static Rating ofCode(long code) {
    if (code < 0 || code >= BY_CODE.length) {
      throw new MalformedPostException("Invalid rating: " + code + " (one of 0, 1, 2, 3)");
    }
    return BY_CODE[(int) code];
  }

  /** The rating of a letter or a word of the site, in letters of either case, or of a code. */
  public static Rating ofSource(String written, RatingLetters letters) {
    String text = written.trim().toLowerCase(Locale.ROOT);
    if (text.length() == 1) {
      if (text.charAt(0) >= '0' && text.charAt(0) <= '9') {
        return ofCode(text.charAt(0) - '0');
      }
      return ofLetter(text.charAt(0), letters);
    }
    for (Rating rating : BY_CODE) {
      if (rating.key().equals(text)) {
        return rating;
      }
    }
    if (text.equals("safe")) {
      return GENERAL;
    }
    throw new MalformedPostException("Invalid rating: " + written + " (one of g, s, q, e)");
  }

  private static Rating ofLetter(char letter, RatingLetters letters) {
    return switch (letter) {
      case 'g' -> GENERAL;
      case 's' -> letters == RatingLetters.SQE ? GENERAL : SENSITIVE;
      case 'q' -> QUESTIONABLE;
      case 'e' -> EXPLICIT;
      default ->
          throw new MalformedPostException("Invalid rating: " + letter + " (one of g, s, q, e)");
    };
  }
}
