package io.kohaku.sdxl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.SafeTensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A single-file checkpoint, or a file with one network whose keys lack the network's prefix. */
final class SingleFile implements TensorFiles {
  private final SafeTensors file;
  private final String prefix;

  /** The tensors of {@code file}, with {@code prefix} put before their names. */
  SingleFile(Path file, String prefix) {
    this.file = SafeTensors.open(file);
    this.prefix = prefix;
  }

  @Override
  public String name() {
    return file.file().toString();
  }

  @Override
  public Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    file.tensors().forEach((name, info) -> shapes.put(prefix + name, info.shape()));
    return shapes;
  }

  @Override
  public Map<String, String> metadata() {
    return file.metadata();
  }

  @Override
  public NDArray read(NDManager owner, String key, Dtype dtype) {
    return read(file, owner, key.substring(prefix.length()), dtype);
  }

  /** The tensor {@code name} of {@code file}; mapped where nothing needs to be converted. */
  static NDArray read(SafeTensors file, NDManager owner, String name, Dtype dtype) {
    boolean asStored = owner.getDevice().equals(Device.cpu()) && file.info(name).dtype() == dtype;
    return asStored ? file.view(owner, name) : file.read(owner, name, dtype);
  }

  @Override
  public void close() {
    file.close();
  }
}
