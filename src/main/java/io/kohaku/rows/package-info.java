/**
 * Tables as a whole, and rows and texts as Spark itself keeps them, for the tables whose every row
 * is looked at.
 *
 * <p>In: Spark's tables and UTF-8 bytes. Out: Parquet files with the number of their rows, a digest
 * of what the rows tell, and the rows themselves without a detour through strings and lists of
 * Java.
 */
package io.kohaku.rows;
