/** Tests of running, skipping and reporting stages. */
package io.kohaku.recipe;
