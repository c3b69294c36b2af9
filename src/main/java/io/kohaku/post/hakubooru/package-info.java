/** Posts as HakuBooru keeps them: its SQLite database, or that database's tables as Parquet. */
package io.kohaku.post.hakubooru;
