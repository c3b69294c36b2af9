package io.kohaku.sdxl;

/** How the second text encoder projects its pooled vector {@code v} by the matrix {@code P}. */
public enum PooledProjection {
  /** {@code v P}, as OpenCLIP, SGM and every sampler have it. */
  STRAIGHT,
  /** {@code v Pᵀ}, as sd-scripts trains. */
  TRANSPOSED
}
