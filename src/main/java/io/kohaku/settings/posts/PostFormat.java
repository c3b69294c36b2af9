package io.kohaku.settings.posts;

/** In which form the posts lie. */
public enum PostFormat {
  /** Told from the first bytes and the names at the path. */
  RECOGNISE,
  /** One JSON object a line, as the site's API gives it. */
  JSON_LINES,
  /** HakuBooru's SQLite database. */
  SQLITE,
  /** HakuBooru's Parquet export: one folder or file for each of its three tables. */
  PARQUET
}
