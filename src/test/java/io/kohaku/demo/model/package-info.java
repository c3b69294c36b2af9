/** Tests of {@code io.kohaku.demo.model}. */
package io.kohaku.demo.model;
