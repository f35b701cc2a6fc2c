package dev.tributary.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FloatCodecTest {

    @Test
    void everyHalfSurvivesTheWayToFloatAndBack() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = FloatCodec.halfToFloat((short) bits);
            if (Float.isNaN(value)) {
                assertThat(FloatCodec.halfToFloat(FloatCodec.floatToHalf(value)))
                        .isNaN();
            } else {
                assertThat(FloatCodec.floatToHalf(value)).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void everyBfloat16SurvivesTheWayToFloatAndBack() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = Float.intBitsToFloat(bits << 16);
            short back = FloatCodec.floatToBfloat16(value);
            if (Float.isNaN(value)) {
                assertThat(Float.intBitsToFloat(back << 16)).isNaN();
            } else {
                assertThat(back).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void halvesAreTheirDefinition() {
        for (int bits = 0; bits < 1 << 15; bits++) {
            int exponent = bits >> 10;
            int mantissa = bits & 0x3FF;
            double wanted = exponent == 31
                    ? (mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
                    : exponent == 0 ? Math.scalb(mantissa, -24) : Math.scalb(1024 + mantissa, exponent - 25);
            double negative = FloatCodec.halfToFloat((short) (bits | 0x8000));
            assertThat(Double.compare(FloatCodec.halfToFloat((short) bits), wanted))
                    .isZero();
            assertThat(Double.compare(negative, -wanted)).isZero();
        }
    }

    @Test
    void roundingToHalfTakesTheNearestAndTiesGoToEven() {
        Random random = new Random(1);
        for (int i = 0; i < 200_000; i++) {
            int low = random.nextInt(0x7BFF); // finite and below the largest
            double a = FloatCodec.halfToFloat((short) low);
            double b = FloatCodec.halfToFloat((short) (low + 1));
            float between = (float) (a + (b - a) * random.nextDouble());
            double toA = between - a;
            double toB = b - between;
            int wanted = toA < toB ? low : toB < toA ? low + 1 : (low & 1) == 0 ? low : low + 1;
            assertThat(FloatCodec.floatToHalf(between)).isEqualTo((short) wanted);
            float middle = (float) ((a + b) / 2);
            assertThat(FloatCodec.floatToHalf(middle)).isEqualTo((short) ((low & 1) == 0 ? low : low + 1));
        }
        assertThat(FloatCodec.floatToHalf(65520f)).isEqualTo((short) 0x7C00);
        assertThat(FloatCodec.floatToHalf(65519.996f)).isEqualTo((short) 0x7BFF);
        assertThat(FloatCodec.floatToHalf(Float.MIN_VALUE)).isZero();
    }

    @Test
    void roundingToBfloat16TakesTheNearestAndTiesGoToEven() {
        Random random = new Random(2);
        for (int i = 0; i < 200_000; i++) {
            int low = random.nextInt(0x7F7F);
            float value = Float.intBitsToFloat((low << 16) | random.nextInt(1 << 16));
            double toLow = (double) value - Float.intBitsToFloat(low << 16);
            double toHigh = (double) Float.intBitsToFloat((low + 1) << 16) - value;
            int wanted = toLow < toHigh ? low : toHigh < toLow ? low + 1 : (low & 1) == 0 ? low : low + 1;
            assertThat(FloatCodec.floatToBfloat16(value)).isEqualTo((short) wanted);
        }
        assertThat(FloatCodec.floatToBfloat16(Float.MAX_VALUE)).isEqualTo((short) 0x7F80);
    }

    @Test
    void bytesAreLittleEndian() {
        ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        FloatCodec.encode(new float[] {1f}, 0, 1, DType.F32, bytes);
        assertThat(bytes.array()).containsExactly(0, 0, 0x80, 0x3F);
        assertThat(bytes.position()).isEqualTo(4);
    }
}
