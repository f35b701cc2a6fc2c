package dev.tributary.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class TensorUnionTest {

    private static Tensors one(String name) {
        return Tensors.builder().put(name, new float[] {1, 2}, 2).build();
    }

    @Test
    void readsFromWhicheverSourceHoldsTheTensor() {
        TensorSource union = TensorUnion.of(List.of(one("a"), one("b")));
        assertThat(union.layout().names()).containsExactly("a", "b");
        assertThat(union.read("b")).containsExactly(1, 2);
        assertThatThrownBy(() -> union.read("c")).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void aNameInTwoSourcesIsRefused() {
        assertThatThrownBy(() -> TensorUnion.of(List.of(one("a"), one("a")))).hasMessageContaining("listed twice");
    }
}
