package io.kohaku.settings.captions;

/** In which time zone the year of a post is read. */
public enum DateZone {
  /** The year in the text, whatever its offset. */
  AS_WRITTEN,
  /** The year in UTC. */
  UTC
}
