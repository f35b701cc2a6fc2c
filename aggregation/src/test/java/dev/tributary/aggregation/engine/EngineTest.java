package dev.tributary.aggregation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineTest {

    private static Matrix random(int rows, int columns, String name) {
        return new SeededTensors(3, name).normal(rows, columns);
    }

    private static double distance(Matrix a, Matrix b) {
        double sum = 0;
        for (int i = 0; i < a.values().length; i++) {
            sum += Math.pow(a.values()[i] - b.values()[i], 2);
        }
        return Math.sqrt(sum) / b.frobeniusNorm();
    }

    @Test
    void drawsAreThoseOfTheDocumentedGenerator() {
        // computed with an independent program
        SeededTensors random = new SeededTensors(7, "layer.0.query.lora_A.weight");
        assertThat(random.nextUniform()).isEqualTo(0.0868855689251058);
        assertThat(random.nextUniform()).isEqualTo(0.5856179235523865);
        assertThat(new SeededTensors(7, "layer.0.query.lora_A.weight").kaiming(1, 16))
                .startsWith(-0.20655721426010132f, 0.04280896112322807f, 0.18383242189884186f, -0.08182070404291153f);
    }

    @ParameterizedTest
    @CsvSource({"5,3", "3,5", "1,7", "6,6", "40,9"})
    void qrAndSvdGiveTheMatrixBack(int rows, int columns) {
        Matrix a = random(rows, columns, "a");
        Lapack.Qr qr = Lapack.qr(a);
        assertThat(distance(Products.multiply(qr.q(), qr.r()), a)).isLessThan(1e-14);
        Matrix gram = Products.transposeFirst(qr.q(), qr.q());
        for (int i = 0; i < gram.rows(); i++) {
            for (int j = 0; j < gram.columns(); j++) {
                assertThat(gram.get(i, j)).isCloseTo(i == j ? 1 : 0, within(1e-14));
            }
        }
        Lapack.Svd svd = Lapack.svd(a);
        Matrix scaled = Matrix.zeros(svd.u().rows(), svd.sigma().length);
        for (int i = 0; i < scaled.rows(); i++) {
            for (int j = 0; j < scaled.columns(); j++) {
                scaled.values()[i * scaled.columns() + j] = svd.u().get(i, j) * svd.sigma()[j];
            }
        }
        assertThat(distance(Products.multiply(scaled, svd.vt()), a)).isLessThan(1e-14);
    }

    @ParameterizedTest
    @CsvSource({"30,20,4", "20,30,4", "6,5,11", "9,9,1"})
    void factoredSvdIsTheSvdOfTheProduct(int out, int in, int c) {
        Matrix p = random(out, c, "p");
        Matrix q = random(c, in, "q");
        Matrix product = Products.multiply(p, q);
        FactoredSvd svd = FactoredSvd.of(p, q);
        double[] direct = Lapack.svd(product).sigma();
        int rank = Math.min(c, Math.min(out, in));
        assertThat(svd.numericalRank()).isEqualTo(rank);
        for (int i = 0; i < rank; i++) {
            assertThat(svd.sigma()[i]).isCloseTo(direct[i], within(1e-12 * direct[0]));
        }
        assertThat(distance(Products.multiply(svd.leftScaled(rank), svd.right(rank)), product))
                .isLessThan(1e-13);
        assertThat(distance(Products.multiply(svd.leftRooted(rank), svd.rightRooted(rank)), product))
                .isLessThan(1e-13);
    }

    @Test
    void signsOfSingularVectorsDoNotDependOnThoseOfTheFactors() {
        Matrix p = random(8, 3, "p");
        Matrix q = random(3, 6, "q");
        FactoredSvd plain = FactoredSvd.of(p, q);
        FactoredSvd mirrored = FactoredSvd.of(p.scaled(-1), q.scaled(-1));
        assertThat(distance(mirrored.u(), plain.u())).isLessThan(1e-12);
    }

    @Test
    void normsSurviveCancellation() {
        Matrix b = random(50, 4, "b");
        Matrix a = random(4, 40, "a");
        Matrix tiny = random(50, 1, "t").scaled(1e-9);
        Matrix row = random(1, 40, "r");
        ProductTerms terms = new ProductTerms();
        terms.add(Matrix.beside(java.util.List.of(b, tiny)), Matrix.stacked(java.util.List.of(a, row)));
        terms.add(b, a);
        double wanted = tiny.frobeniusNorm() * row.frobeniusNorm();
        assertThat(terms.norm(new double[] {1, -1})).isCloseTo(wanted, within(1e-6 * wanted));
    }

    @Test
    void innerProductsAndNormsAreTheSameAFewColumnsAndRowsAtATime() {
        ProductTerms whole = new ProductTerms();
        ProductTerms pieces = new ProductTerms(5, 3 * 40);
        for (int i = 0; i < 6; i++) {
            Matrix l = random(50, 1 + i, "l" + i);
            Matrix r = random(1 + i, 40, "r" + i);
            whole.add(l, r);
            pieces.add(l, r);
        }
        double[] some = {1, -2, 0, 0.5, 3, -1};
        double[][] gram = whole.gram();
        double[][] inPieces = pieces.gram();
        for (int i = 0; i < gram.length; i++) {
            for (int j = 0; j < gram.length; j++) {
                assertThat(inPieces[i][j]).isCloseTo(gram[i][j], within(1e-9));
            }
        }
        assertThat(whole.norm(some)).isCloseTo(Math.sqrt(ProductTerms.inner(gram, some, some)), within(1e-9));
        assertThat(pieces.norm(some)).isCloseTo(whole.norm(some), within(1e-9));
    }

    @Test
    void normsFormedByRowsSurviveCancellation() {
        Matrix l = random(50, 4, "b");
        Matrix r = random(4, 40, "a");
        Matrix off = random(50, 4, "t").scaled(1e-9);
        ProductTerms terms = new ProductTerms(4, 1);
        terms.add(l.plus(1, off), r);
        terms.add(l, r);
        double wanted = Products.multiply(off, r).frobeniusNorm();
        assertThat(terms.norm(new double[] {1, -1})).isCloseTo(wanted, within(1e-6 * wanted));
    }

    @Test
    void completionKeepsWhatIsThereAndIsOrthonormal() {
        Matrix basis = new SeededTensors(1, "x").orthonormalRows(2, 9);
        Matrix full = BasisCompletion.complete(basis, basis, 5, new SeededTensors(2, "y"));
        assertThat(full.rows(0, 2).values()).isEqualTo(basis.values());
        Matrix gram = Products.transposeSecond(full, full);
        for (int i = 0; i < 5; i++) {
            for (int j = 0; j < 5; j++) {
                assertThat(gram.get(i, j)).isCloseTo(i == j ? 1 : 0, within(1e-14));
            }
        }
    }
}
