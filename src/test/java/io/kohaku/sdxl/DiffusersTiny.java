package io.kohaku.sdxl;

import io.kohaku.demo.model.FormulaWeights;
import io.kohaku.demo.model.TinySdxl;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Writes the tiny SDXL in Diffusers' layout, as its conversion script names the tensors. */
public final class DiffusersTiny {
  private final Map<String, List<TensorSource>> folders = new LinkedHashMap<>();

  public static void write(Path folder) throws IOException {
    DiffusersTiny tiny = new DiffusersTiny();
    TinySdxl.load().tensors().forEach(tiny::convert);
    for (Map.Entry<String, List<TensorSource>> entry : tiny.folders.entrySet()) {
      Path place = Files.createDirectories(folder.resolve(entry.getKey()));
      String stem = entry.getKey().startsWith("text") ? "model" : "diffusion_pytorch_model";
      SafeTensorsWriter.write(
          place.resolve(stem + ".safetensors"), Map.of("format", "pt"), entry.getValue());
    }
  }

  private void convert(String key, long[] shape) {
    float[] values = FormulaWeights.values(key, shape);
    for (Network network : Network.values()) {
      if (key.startsWith(network.prefix())) {
        String name = key.substring(network.prefix().length());
        switch (network) {
          case UNET -> add("unet", unet(name), values, shape);
          case TE1 -> add("text_encoder", name, values, shape);
          case TE2 -> second(name, values, shape);
          case VAE -> vae(name, values, shape);
          default -> throw new IllegalStateException();
        }
      }
    }
  }

  /** What the conversion script calls a tensor of the U-Net. */
  public static String unet(String name) {
    String converted = name;
    converted = converted.replace("time_embed.0", "time_embedding.linear_1");
    converted = converted.replace("time_embed.2", "time_embedding.linear_2");
    converted = converted.replace("label_emb.0.0", "add_embedding.linear_1");
    converted = converted.replace("label_emb.0.2", "add_embedding.linear_2");
    converted = converted.replaceFirst("^input_blocks\\.0\\.0\\.", "conv_in.");
    converted = converted.replaceFirst("^out\\.0\\.", "conv_norm_out.");
    converted = converted.replaceFirst("^out\\.2\\.", "conv_out.");
    converted = converted.replaceFirst("^middle_block\\.0\\.", "mid_block.resnets.0.");
    converted = converted.replaceFirst("^middle_block\\.1\\.", "mid_block.attentions.0.");
    converted = converted.replaceFirst("^middle_block\\.2\\.", "mid_block.resnets.1.");
    String[] down = {"resnets.0", "resnets.1", "downsamplers.0"};
    for (int i = 1; i < 9; i++) {
      int level = (i - 1) / 3;
      String block = "down_blocks." + level + ".";
      converted =
          converted.replace("input_blocks.%s.0.op.".formatted(i), block + "downsamplers.0.conv.");
      converted =
          converted.replace("input_blocks.%s.0.".formatted(i), block + down[(i - 1) % 3] + ".");
      converted =
          converted.replace(
              "input_blocks.%s.1.".formatted(i), block + "attentions.%s.".formatted((i - 1) % 3));
    }
    for (int i = 0; i < 9; i++) {
      String block = "up_blocks.%s.".formatted(i / 3);
      converted =
          converted.replace(
              "output_blocks.%s.0.".formatted(i), block + "resnets.%s.".formatted(i % 3));
      converted =
          converted.replace(
              "output_blocks.%s.1.".formatted(i), block + "attentions.%s.".formatted(i % 3));
      converted = converted.replace("output_blocks.%s.2.".formatted(i), block + "upsamplers.0.");
    }
    return residual(converted);
  }

  private static String residual(String converted) {
    return converted
        .replace(".in_layers.0.", ".norm1.")
        .replace(".in_layers.2.", ".conv1.")
        .replace(".emb_layers.1.", ".time_emb_proj.")
        .replace(".out_layers.0.", ".norm2.")
        .replace(".out_layers.3.", ".conv2.")
        .replace(".skip_connection.", ".conv_shortcut.");
  }

  private void second(String name, float[] values, long[] shape) {
    if (name.contains("attn.in_proj_")) {
      String layer = name.replaceAll(".*resblocks\\.(\\d+)\\..*", "$1");
      String kind = name.endsWith("weight") ? "weight" : "bias";
      int third = values.length / 3;
      long[] part = shape.clone();
      part[0] /= 3;
      for (int i = 0; i < 3; i++) {
        add(
            "text_encoder_2",
            "text_model.encoder.layers.%s.self_attn.%s_proj.%s"
                .formatted(layer, "qkv".charAt(i), kind),
            Arrays.copyOfRange(values, i * third, (i + 1) * third),
            part);
      }
    } else if (name.equals("text_projection")) {
      add(
          "text_encoder_2",
          "text_projection.weight",
          transposed(values, shape),
          new long[] {shape[1], shape[0]});
    } else {
      String converted =
          name.replace("transformer.resblocks.", "text_model.encoder.layers.")
              .replace(".ln_1.", ".layer_norm1.")
              .replace(".ln_2.", ".layer_norm2.")
              .replace(".mlp.c_fc.", ".mlp.fc1.")
              .replace(".mlp.c_proj.", ".mlp.fc2.")
              .replace(".attn.out_proj.", ".self_attn.out_proj.")
              .replaceFirst("^token_embedding", "text_model.embeddings.token_embedding")
              .replaceFirst(
                  "^positional_embedding", "text_model.embeddings.position_embedding.weight")
              .replaceFirst("^ln_final", "text_model.final_layer_norm");
      add("text_encoder_2", converted, values, shape);
    }
  }

  private void vae(String name, float[] values, long[] shape) {
    String converted =
        Pattern.compile("decoder\\.up\\.(\\d)\\.block")
            .matcher(name)
            .replaceAll(found -> "decoder.up_blocks.%s.resnets".formatted(mirrored(found)));
    converted =
        Pattern.compile("decoder\\.up\\.(\\d)\\.upsample\\.conv")
            .matcher(converted)
            .replaceAll(
                found -> "decoder.up_blocks.%s.upsamplers.0.conv".formatted(mirrored(found)));
    converted =
        converted
            .replaceAll("encoder\\.down\\.(\\d)\\.block", "encoder.down_blocks.$1.resnets")
            .replaceAll(
                "encoder\\.down\\.(\\d)\\.downsample\\.conv",
                "encoder.down_blocks.$1.downsamplers.0.conv")
            .replace("mid.block_1", "mid_block.resnets.0")
            .replace("mid.block_2", "mid_block.resnets.1")
            .replace("nin_shortcut", "conv_shortcut")
            .replace("norm_out", "conv_norm_out")
            .replace("mid.attn_1.norm", "mid_block.attentions.0.group_norm")
            .replace("mid.attn_1.proj_out", "mid_block.attentions.0.to_out.0")
            .replaceAll("mid\\.attn_1\\.([qkv])", "mid_block.attentions.0.to_$1");
    boolean linear = converted.contains(".attentions.0.to_") && shape.length == 4;
    add("vae", converted, values, linear ? new long[] {shape[0], shape[1]} : shape);
  }

  private static int mirrored(MatchResult found) {
    return 3 - Integer.parseInt(found.group(1));
  }

  private static float[] transposed(float[] values, long[] shape) {
    float[] transposed = new float[values.length];
    int rows = (int) shape[0];
    int columns = (int) shape[1];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        transposed[j * rows + i] = values[i * columns + j];
      }
    }
    return transposed;
  }

  private void add(String folder, String name, float[] values, long[] shape) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    folders
        .computeIfAbsent(folder, key -> new ArrayList<>())
        .add(TensorSource.of(name, Dtype.F32, shape, bytes.array()));
  }
}
