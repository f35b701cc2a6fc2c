package dev.tributary.adapter;

import java.nio.ByteBuffer;

/** Conversion between fp32 values and the little-endian floating-point encodings of safetensors. */
final class FloatCodec {

    private FloatCodec() {}

    static void decode(ByteBuffer bytes, DType dtype, float[] into, int offset, int count) {
        switch (dtype) {
            case F32 -> bytes.asFloatBuffer().get(into, offset, count);
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    into[offset + i] = Float.intBitsToFloat(bytes.getShort() << 16);
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    into[offset + i] = halfToFloat(bytes.getShort());
                }
            }
            default -> throw new IllegalArgumentException(dtype + " is not floating point");
        }
    }

    static void encode(float[] values, int offset, int count, DType dtype, ByteBuffer into) {
        switch (dtype) {
            case F32 -> {
                into.asFloatBuffer().put(values, offset, count);
                into.position(into.position() + count * 4);
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    into.putShort(floatToBfloat16(values[offset + i]));
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    into.putShort(floatToHalf(values[offset + i]));
                }
            }
            default -> throw new IllegalArgumentException(dtype + " is not floating point");
        }
    }

    /** Rounds to nearest even; NaN stays NaN. */
    static short floatToBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }

    /** IEEE 754 binary16 to binary32 (JDK 20 has Float.float16ToFloat; the baseline is 17). */
    static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >>> 10) & 0x1F;
        int mantissa = half & 0x3FF;
        if (exponent == 0x1F) {
            return Float.intBitsToFloat(sign | 0x7F800000 | (mantissa << 13));
        }
        if (exponent == 0) {
            float magnitude = mantissa * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (mantissa << 13));
    }

    /** Rounds to nearest even; overflow becomes infinity; NaN stays NaN. */
    static short floatToHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7FFFFFFF;
        if (magnitude > 0x7F800000) {
            return (short) (sign | 0x7E00);
        }
        if (magnitude >= 0x47800000) { // 2^16 and above
            return (short) (sign | 0x7C00);
        }
        if (magnitude < 0x38800000) { // below 2^-14: subnormal half
            float scaled = Float.intBitsToFloat(magnitude) * 0x1p24f;
            return (short) (sign | (int) Math.rint(scaled));
        }
        int rounded = magnitude + 0xFFF + ((magnitude >>> 13) & 1);
        return (short) (sign | ((rounded - 0x38000000) >>> 13));
    }
}
