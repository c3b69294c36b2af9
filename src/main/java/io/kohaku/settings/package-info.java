/**
 * What the user asked for: one record per stage, loaded from HOCON and checked as a whole.
 *
 * <p>In: {@code reference.conf} (every setting, its unit and default), recipe files, and single
 * overrides, in rising order of precedence. Out: one {@link io.kohaku.settings.Settings} tree of
 * immutable records, or one {@link io.kohaku.settings.binding.SettingsException} with every problem
 * that was found. Nothing here knows Spark: a wrong key must be told before a session starts.
 *
 * <p>A record component {@code maxRejectFraction} of the section {@code posts} is the key {@code
 * posts.max-reject-fraction}. Records travel to executors, so they are serializable.
 */
package io.kohaku.settings;
