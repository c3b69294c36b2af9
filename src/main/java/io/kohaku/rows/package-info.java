/**
 * Rows and texts as Spark itself keeps them, for the tables whose every row is looked at.
 *
 * <p>In: Spark's tables and UTF-8 bytes. Out: the same, without a detour through strings and lists
 * of Java.
 */
package io.kohaku.rows;
