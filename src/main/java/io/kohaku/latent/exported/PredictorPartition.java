package io.kohaku.latent.exported;

import ai.djl.inference.Predictor;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import io.kohaku.cluster.DeviceChoice;
import io.kohaku.device.DeviceWish;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Adds to each row of a partition what an exported VAE makes of its image, batch by batch. */
final class PredictorPartition implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  private final String modelUrl;
  private final int column;
  private final int batchSize;
  private final DeviceWish device;

  /**
   * The work on one partition.
   *
   * @param column the place of the image files' bytes in a row
   * @param batchSize rows handed to the model at once
   * @param device what the model is to run on
   */
  PredictorPartition(String modelUrl, int column, int batchSize, DeviceWish device) {
    this.modelUrl = modelUrl;
    this.column = column;
    this.batchSize = batchSize;
    this.device = device;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    if (!rows.hasNext()) {
      return Collections.emptyIterator();
    }
    // Closed when the task ends: see VaeTranslatorFactory.
    ZooModel<byte[], byte[]> model =
        ExportedEncoder.load(
            modelUrl, DeviceChoice.ofTask().device(device), byte[].class, byte[].class);
    return new Batches(rows, model.newPredictor());
  }

  private final class Batches implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final Predictor<byte[], byte[]> predictor;
    private Iterator<Row> done = Collections.emptyIterator();

    Batches(Iterator<Row> rows, Predictor<byte[], byte[]> predictor) {
      this.rows = rows;
      this.predictor = predictor;
    }

    @Override
    public boolean hasNext() {
      return done.hasNext() || rows.hasNext();
    }

    @Override
    public Row next() {
      if (!done.hasNext()) {
        done = encoded().iterator();
      }
      return done.next();
    }

    private List<Row> encoded() {
      List<Row> batch = new ArrayList<>();
      List<byte[]> images = new ArrayList<>();
      while (rows.hasNext() && batch.size() < batchSize) {
        Row row = rows.next();
        batch.add(row);
        images.add(row.getAs(column));
      }
      try {
        List<byte[]> encoded = predictor.batchPredict(images);
        List<Row> complete = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
          complete.add(with(batch.get(i), encoded.get(i)));
        }
        return complete;
      } catch (TranslateException e) {
        throw new IllegalStateException("Cannot encode images: " + e.getMessage(), e);
      }
    }

    private static Row with(Row row, byte[] encoded) {
      Object[] values = new Object[row.size() + 1];
      for (int i = 0; i < row.size(); i++) {
        values[i] = row.get(i);
      }
      values[row.size()] = encoded;
      return RowFactory.create(values);
    }
  }
}
