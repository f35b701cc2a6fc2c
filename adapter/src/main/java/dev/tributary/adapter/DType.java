package dev.tributary.adapter;

/** Element types of safetensors files that this platform reads. */
public enum DType {
    F32(4),
    F16(2),
    BF16(2),
    I32(4),
    I64(8);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes per element. */
    public int bytes() {
        return bytes;
    }

    public boolean isFloat() {
        return this == F32 || this == F16 || this == BF16;
    }
}
