/** Tests of what is asked of a model's files before anything is started. */
package io.kohaku.engine.model;
