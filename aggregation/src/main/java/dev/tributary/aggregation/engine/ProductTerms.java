package dev.tributary.aggregation.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Low-rank matrices L₁R₁, L₂R₂, ... of one shape (out, in), kept as factors. Norms of their linear combinations are found
 * without forming an (out, in) matrix: ⟨LᵢRᵢ, LⱼRⱼ⟩ = ⟨LᵢᵀLⱼ, RᵢRⱼᵀ⟩. Factors are asked for when they are needed, a few
 * hundred columns at a time: what is held does not grow with the number of terms.
 */
public final class ProductTerms {

    private static final int TILE = 512; // columns
    private static final int BLOCK = 1 << 22; // elements

    /** (out, columns) and (columns, in). */
    private record Term(int columns, Supplier<Matrix> left, Supplier<Matrix> right) {

        Term scaled(double factor) {
            return new Term(columns, () -> left.get().scaled(factor), right);
        }
    }

    /** Neighbours, side by side and one above the other. */
    private record Tile(int first, List<Term> terms) {

        Matrix left() {
            return Matrix.beside(
                    terms.stream().map(Term::left).map(Supplier::get).toList());
        }

        Matrix right() {
            return Matrix.stacked(
                    terms.stream().map(Term::right).map(Supplier::get).toList());
        }
    }

    private final List<Term> terms = new ArrayList<>();
    private final int width;
    private final int block;

    public ProductTerms() {
        this(TILE, BLOCK);
    }

    /**
     * @param width columns that are held at a time, or one term if it has more
     * @param block elements of a sum that are held at a time, or one row if it has more
     */
    ProductTerms(int width, int block) {
        this.width = width;
        this.block = block;
    }

    /** Adds a term and gives its index. */
    public int add(Matrix l, Matrix r) {
        return add(l.columns(), () -> l, () -> r);
    }

    /** Adds a term whose factors (out, columns) and (columns, in) are read, maybe several times, when they are needed. */
    public int add(int columns, Supplier<Matrix> l, Supplier<Matrix> r) {
        terms.add(new Term(columns, l, r));
        return terms.size() - 1;
    }

    public int size() {
        return terms.size();
    }

    public int columns(int index) {
        return terms.get(index).columns();
    }

    private List<Tile> tiles(List<Term> all) {
        List<Tile> tiles = new ArrayList<>();
        for (int from = 0, to; from < all.size(); from = to) {
            int columns = all.get(from).columns();
            for (to = from + 1; to < all.size() && columns + all.get(to).columns() <= width; to++) {
                columns += all.get(to).columns();
            }
            tiles.add(new Tile(from, all.subList(from, to)));
        }
        return tiles;
    }

    /** Inner products ⟨term i, term j⟩ of all pairs. */
    public double[][] gram() {
        double[][] gram = new double[terms.size()][terms.size()];
        List<Tile> tiles = tiles(terms);
        for (int i = 0; i < tiles.size(); i++) {
            Tile one = tiles.get(i);
            Matrix left = one.left();
            Matrix right = one.right();
            for (int j = i; j < tiles.size(); j++) {
                Tile other = tiles.get(j);
                Matrix ll = Products.transposeFirst(left, i == j ? left : other.left());
                Matrix rr = Products.transposeSecond(right, i == j ? right : other.right());
                fill(gram, one, other, ll, rr);
            }
        }
        return gram;
    }

    private static void fill(double[][] gram, Tile one, Tile other, Matrix ll, Matrix rr) {
        int row = 0;
        for (int i = 0; i < one.terms().size(); i++) {
            int rows = one.terms().get(i).columns();
            int column = 0;
            for (int j = 0; j < other.terms().size(); j++) {
                int columns = other.terms().get(j).columns();
                double inner = blockDot(ll, rr, row, rows, column, columns);
                gram[one.first() + i][other.first() + j] = inner;
                gram[other.first() + j][one.first() + i] = inner;
                column += columns;
            }
            row += rows;
        }
    }

    private static double blockDot(Matrix a, Matrix b, int row, int rows, int column, int columns) {
        double sum = 0;
        for (int i = row; i < row + rows; i++) {
            for (int j = column; j < column + columns; j++) {
                sum += a.get(i, j) * b.get(i, j);
            }
        }
        return sum;
    }

    /**
     * ‖Σ cᵢ·LᵢRᵢ‖_F, exact to rounding even where the terms cancel: by QR of both stacks, or, where these are too large to be
     * held, by forming the sum some rows at a time.
     */
    public double norm(double[] coefficients) {
        List<Term> used = new ArrayList<>();
        int columns = 0;
        for (int i = 0; i < terms.size(); i++) {
            if (coefficients[i] != 0) {
                used.add(terms.get(i).scaled(coefficients[i]));
                columns += terms.get(i).columns();
            }
        }
        if (used.isEmpty()) {
            return 0;
        }
        return columns <= width ? normByQr(new Tile(0, used)) : normByRows(tiles(used), block);
    }

    private static double normByQr(Tile all) {
        Matrix l = Lapack.triangle(all.left());
        Matrix r = Lapack.triangle(all.right().transposed());
        return Products.transposeSecond(l, r).frobeniusNorm();
    }

    private static double normByRows(List<Tile> tiles, int block) {
        int out = tiles.get(0).left().rows();
        int in = tiles.get(0).right().columns();
        int rows = Math.max(1, Math.min(out, block / Math.max(1, in)));
        double squares = 0;
        for (int start = 0; start < out; start += rows) {
            int end = Math.min(out, start + rows);
            double[] sum = new double[(end - start) * in];
            for (Tile tile : tiles) {
                double[] part = Products.multiply(tile.left().rows(start, end), tile.right())
                        .values();
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += part[i];
                }
            }
            for (double value : sum) {
                squares += value * value;
            }
        }
        return Math.sqrt(squares);
    }

    /** cᵀ·G·d, the inner product of two combinations. */
    public static double inner(double[][] gram, double[] c, double[] d) {
        double sum = 0;
        for (int i = 0; i < c.length; i++) {
            for (int j = 0; c[i] != 0 && j < d.length; j++) {
                sum += c[i] * gram[i][j] * d[j];
            }
        }
        return sum;
    }
}
