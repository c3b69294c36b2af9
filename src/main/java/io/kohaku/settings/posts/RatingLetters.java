package io.kohaku.settings.posts;

/** What the letter {@code s} of a rating stands for. */
public enum RatingLetters {
  /** The site since 2022: general, sensitive, questionable, explicit. */
  GSQE,
  /** Older dumps: safe (counted as general), questionable, explicit. */
  SQE
}
