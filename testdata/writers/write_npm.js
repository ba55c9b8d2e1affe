// node write_npm.js exceljs|sheetjs|excel4node FILE
const titles = ['序号', '受理编号', '交办日期', '罚款金额（万元）', '办结率', '备注'];
const text = '第一行\n第二行 & <尖括号> 😀𠮷';
const cells = [
  [0, 0, '群众信访举报件办理台账'], ...titles.map((t, c) => [1, c, t]),
  [2, 0, 1], [2, 1, '0310'], [2, 2, 43633, 'yyyy"年"m"月"d"日"'], [2, 3, 3.5, '#,##0.00'], [2, 4, 0.769, '0.0%'], [2, 5, ' 前后有空格 '],
  [3, 0, 2], [3, 1, 'X2YN201906170001'], [3, 2, 43634, 'yyyy/m/d'], [3, 3, 12345.678, '#,##0.00'], [3, 5, text],
  [4, 0, 3], [4, 1, true], [4, 3, 0.1],
];
const write = {
  async exceljs(path) {
    const wb = new (require('exceljs').Workbook)();
    const s = wb.addWorksheet('台账'), old = wb.addWorksheet('旧表', { state: 'hidden' });
    for (const [r, c, v, code] of cells) { const x = s.getCell(r + 1, c + 1); x.value = v; if (code) x.numFmt = code; }
    s.getCell('E4').value = { formula: 'D3*2' };
    s.mergeCells('A1:F1');
    s.getRow(5).hidden = true;
    s.getColumn(7).hidden = true;
    old.getCell('A1').value = '旧';
    await wb.xlsx.writeFile(path);
  },
  async sheetjs(path) {
    const X = require('xlsx'), wb = X.utils.book_new(), s = { '!ref': 'A1:F5', '!merges': [X.utils.decode_range('A1:F1')], '!rows': [], '!cols': [] };
    for (const [r, c, v, code] of cells) s[X.utils.encode_cell({ r, c })] = { t: typeof v === 'number' ? 'n' : typeof v === 'boolean' ? 'b' : 's', v, ...(code ? { z: code } : {}) };
    s.E4 = { t: 'n', f: 'D3*2' };
    s['!rows'][4] = { hidden: true };
    s['!cols'][6] = { hidden: true };
    X.utils.book_append_sheet(wb, s, '台账');
    X.utils.book_append_sheet(wb, X.utils.aoa_to_sheet([['旧']]), '旧表');
    wb.Workbook = { Sheets: [{}, { Hidden: 1 }] };
    X.writeFile(wb, path, { bookType: path.endsWith('xls') ? 'biff8' : 'xlsx', compression: true });
  },
  async excel4node(path) {
    const xl = require('excel4node'), wb = new xl.Workbook(), s = wb.addWorksheet('台账'), old = wb.addWorksheet('旧表', { hidden: true });
    for (const [r, c, v, code] of cells.slice(1)) {
      const x = s.cell(r + 1, c + 1);
      (typeof v === 'number' ? x.number(v) : typeof v === 'boolean' ? x.bool(v) : x.string(v)).style(code ? { numberFormat: code } : {});
    }
    s.cell(1, 1, 1, 6, true).string(cells[0][2]);
    s.cell(4, 5).formula('D3*2');
    s.row(5).hide();
    s.column(7).hide();
    old.cell(1, 1).string('旧');
    wb.write(path);
  },
};
write[process.argv[2]](process.argv[3]);
