import sys, xlwt
wb = xlwt.Workbook(encoding='utf-8')
ws, old = wb.add_sheet('台账'), wb.add_sheet('旧表')
style = lambda code: xlwt.easyxf(num_format_str=code)
ws.write_merge(0, 0, 0, 5, '群众信访举报件办理台账')
for c, t in enumerate(['序号', '受理编号', '交办日期', '罚款金额（万元）', '办结率', '备注']):
    ws.write(1, c, t)
ws.write(2, 0, 1); ws.write(2, 1, '0310')
ws.write(2, 2, 43633, style('yyyy"年"m"月"d"日"'))
ws.write(2, 3, 3.5, style('#,##0.00'))
ws.write(2, 4, 0.769, style('0.0%'))
ws.write(2, 5, ' 前后有空格 ')
ws.write(3, 0, 2); ws.write(3, 1, 'X2YN201906170001')
ws.write(3, 2, 43634, style('yyyy/m/d'))
ws.write(3, 3, 12345.678, style('#,##0.00'))
ws.write(3, 4, xlwt.Formula('D3*2'))
ws.write(3, 5, '第一行\n第二行 & <尖括号> 😀𠮷')
ws.write(4, 0, 3); ws.write(4, 1, True); ws.write(4, 3, 0.1)
ws.row(4).hidden = True
ws.col(6).hidden = True
old.visibility = 1
old.write(0, 0, '旧')
wb.save(sys.argv[1])
