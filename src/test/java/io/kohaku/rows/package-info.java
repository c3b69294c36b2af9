/** Tests of rows and texts as Spark keeps them. */
package io.kohaku.rows;
