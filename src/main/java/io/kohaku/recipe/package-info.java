/**
 * One class per job: read a table, run a stage, write a table and a manifest.
 *
 * <p>Only this package and {@code engine} know folders and manifests and the stages at once, so
 * that each stage stays a function from tables to tables.
 */
package io.kohaku.recipe;
