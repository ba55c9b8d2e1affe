import java.io.*;
import org.apache.poi.hssf.usermodel.*;
import org.apache.poi.ss.util.CellRangeAddress;

/** Writes by Apache POI (HSSF): java Writers poi FILE; by JExcelApi: java Writers jxl FILE. */
public class Writers {
    static final String[] TITLES = {"序号", "受理编号", "交办日期", "罚款金额（万元）", "办结率", "备注"};
    static final String NOTE = "第一行\n第二行 & <尖括号> 😀𠮷";

    public static void main(String[] a) throws Exception {
        if (a[0].equals("poi")) poi(a[1]);
        else jxl(a[1]);
    }

    static void poi(String path) throws Exception {
        HSSFWorkbook wb = new HSSFWorkbook();
        HSSFSheet s = wb.createSheet("台账"), old = wb.createSheet("旧表");
        HSSFRow[] r = new HSSFRow[5];
        for (int i = 0; i < 5; i++) r[i] = s.createRow(i);
        r[0].createCell(0).setCellValue("群众信访举报件办理台账");
        s.addMergedRegion(CellRangeAddress.valueOf("A1:F1"));
        for (int c = 0; c < 6; c++) r[1].createCell(c).setCellValue(TITLES[c]);
        r[2].createCell(0).setCellValue(1);
        r[2].createCell(1).setCellValue("0310");
        number(wb, r[2], 2, 43633, "yyyy\"年\"m\"月\"d\"日\"");
        number(wb, r[2], 3, 3.5, "#,##0.00");
        number(wb, r[2], 4, 0.769, "0.0%");
        r[2].createCell(5).setCellValue(" 前后有空格 ");
        r[3].createCell(0).setCellValue(2);
        r[3].createCell(1).setCellValue("X2YN201906170001");
        number(wb, r[3], 2, 43634, "yyyy/m/d");
        number(wb, r[3], 3, 12345.678, "#,##0.00");
        r[3].createCell(4).setCellFormula("D3*2");
        r[3].createCell(5).setCellValue(NOTE);
        r[4].createCell(0).setCellValue(3);
        r[4].createCell(1).setCellValue(true);
        r[4].createCell(3).setCellValue(0.1);
        r[4].setZeroHeight(true);
        s.setColumnHidden(6, true);
        old.createRow(0).createCell(0).setCellValue("旧");
        wb.setSheetHidden(1, true);
        try (FileOutputStream out = new FileOutputStream(path)) { wb.write(out); }
    }

    static void number(HSSFWorkbook wb, HSSFRow row, int col, double n, String code) {
        HSSFCellStyle style = wb.createCellStyle();
        style.setDataFormat(wb.createDataFormat().getFormat(code));
        row.createCell(col).setCellValue(n);
        row.getCell(col).setCellStyle(style);
    }

    static void jxl(String path) throws Exception {
        jxl.write.WritableWorkbook wb = jxl.Workbook.createWorkbook(new File(path));
        jxl.write.WritableSheet s = wb.createSheet("台账", 0), old = wb.createSheet("旧表", 1);
        s.addCell(new jxl.write.Label(0, 0, "群众信访举报件办理台账"));
        s.mergeCells(0, 0, 5, 0);
        for (int c = 0; c < 6; c++) s.addCell(new jxl.write.Label(c, 1, TITLES[c]));
        s.addCell(new jxl.write.Number(0, 2, 1));
        s.addCell(new jxl.write.Label(1, 2, "0310"));
        number(s, 2, 2, 43633, "yyyy\"年\"m\"月\"d\"日\"");
        number(s, 3, 2, 3.5, "#,##0.00");
        number(s, 4, 2, 0.769, "0.0%");
        s.addCell(new jxl.write.Label(5, 2, " 前后有空格 "));
        s.addCell(new jxl.write.Number(0, 3, 2));
        s.addCell(new jxl.write.Label(1, 3, "X2YN201906170001"));
        number(s, 2, 3, 43634, "yyyy/m/d");
        number(s, 3, 3, 12345.678, "#,##0.00");
        s.addCell(new jxl.write.Formula(4, 3, "D3*2"));
        s.addCell(new jxl.write.Label(5, 3, NOTE));
        s.addCell(new jxl.write.Number(0, 4, 3));
        s.addCell(new jxl.write.Boolean(1, 4, true));
        s.addCell(new jxl.write.Number(3, 4, 0.1));
        s.setRowView(4, true);
        jxl.CellView view = new jxl.CellView();
        view.setHidden(true);
        s.setColumnView(6, view);
        old.addCell(new jxl.write.Label(0, 0, "旧"));
        old.getSettings().setHidden(true);
        wb.write();
        wb.close();
    }

    static void number(jxl.write.WritableSheet s, int col, int row, double n, String code) throws Exception {
        s.addCell(new jxl.write.Number(col, row, n, new jxl.write.WritableCellFormat(new jxl.write.NumberFormat(code, jxl.write.NumberFormat.COMPLEX_FORMAT))));
    }
}
