"""Small files like those that people meet, each with what must come back from it, written as plain CSV."""

import csv
import io
from collections.abc import Iterator

from tests.read.corpus.base import Sample, sample

# name: the file, what comes back, and how many of its lines are the header (0: the file has none)
FOUND: dict[str, tuple[str | bytes, str, int]] = {
    "spend": (
        'Department Family,Entity,Date,Expense Type,Supplier,Transaction Number,Amount,,\nDept of Health,NHS,12/04/2011,Consultancy,"Smith, Jones & Co",4001,"£25,000.00",,\nDept of Health,NHS,13/04/2011,IT,ACME Ltd,4002,"£125,000.10",,\nDept of Health,NHS,14/04/2011,Rent,"O\'Neill ""The Builder""",4003,"-£1,000.00",,\n,,,,,,,,\n,,,,,,"£149,000.10",,\n,,,,,,,,\n,,,,,,,,\n,,,,,,,,\n',
        'Department Family,Entity,Date,Expense Type,Supplier,Transaction Number,Amount,,\nDept of Health,NHS,12/04/2011,Consultancy,"Smith, Jones & Co",4001,"£25,000.00",,\nDept of Health,NHS,13/04/2011,IT,ACME Ltd,4002,"£125,000.10",,\nDept of Health,NHS,14/04/2011,Rent,"O\'Neill ""The Builder""",4003,"-£1,000.00",,\n,,,,,,,,\n,,,,,,"£149,000.10",,\n',
        1,
    ),
    "canada": (
        'Table: 14-10-0287-01\nLabour force characteristics, monthly\nGeography: Canada, Province or territory\n"Labour force characteristics","Data type","2020","2021","2022"\n"Population","Seasonally adjusted","30,500.1","30,800.2","31,100.3"\n"Labour force","Seasonally adjusted","19,500.1","19,800.2","20,100.3"\n"Employment","Seasonally adjusted","18,500.1","18,800.2","19,100.3"\n\nFootnotes:\n1,"Data for Yukon, etc. are excluded."\n2,"Estimates, in thousands, rounded"\n',
        'Labour force characteristics,Data type,2020,2021,2022\nPopulation,Seasonally adjusted,"30,500.1","30,800.2","31,100.3"\nLabour force,Seasonally adjusted,"19,500.1","19,800.2","20,100.3"\nEmployment,Seasonally adjusted,"18,500.1","18,800.2","19,100.3"\n',
        1,
    ),
    "de": (
        "Statistisches Bundesamt;;;;\nBevölkerung nach Ländern;;;;\nStichtag: 31.12.2020;;;;\n;;;;\nLand;Insgesamt;Männlich;Weiblich;Anteil\n;Anzahl;Anzahl;Anzahl;%\nBaden-Württemberg;11.103.043;5.514.571;5.588.472;13,4\nBayern;13.140.183;6.518.440;6.621.743;15,8\nBerlin;3.664.088;1.801.478;1.862.610;4,4\nBremen;680.130;336.617;343.513;0,8\n;;;;\n__________;;;;\n(C)opyright Statistisches Bundesamt, 2021;;;;\nStand: 01.02.2021;;;;\n",
        'Land,Insgesamt,Männlich,Weiblich,Anteil\n,Anzahl,Anzahl,Anzahl,%\nBaden-Württemberg,11.103.043,5.514.571,5.588.472,"13,4"\nBayern,13.140.183,6.518.440,6.621.743,"15,8"\nBerlin,3.664.088,1.801.478,1.862.610,"4,4"\nBremen,680.130,336.617,343.513,"0,8"\n',
        2,
    ),
    "sidetitle": (
        'Report generated 2020-01-05 10:22\nParameters:,Year=2019,Region=All\n\nID,Name,Score,Comment\n1,Ann,3.5,ok\n2,Bob,4.0,"fine, thanks"\n3,Cid,,\n\nTotal,3,7.5,\n',
        'ID,Name,Score,Comment\n1,Ann,3.5,ok\n2,Bob,4.0,"fine, thanks"\n3,Cid,,\nTotal,3,7.5,\n',
        1,
    ),
    "multi3": (
        ",Total,,Men,,Women,\n,2019,2020,2019,2020,2019,2020\nArea,No.,No.,No.,No.,No.,No.\nNorth,10,11,5,6,5,5\nSouth,20,21,10,11,10,10\nEast,30,31,15,16,15,15\n",
        ",Total,,Men,,Women,\n,2019,2020,2019,2020,2019,2020\nArea,No.,No.,No.,No.,No.,No.\nNorth,10,11,5,6,5,5\nSouth,20,21,10,11,10,10\nEast,30,31,15,16,15,15\n",
        3,
    ),
    "excelsep": ("sep=;\na;b;c\n1;2;3\n4;5;6\n", "a,b,c\n1,2,3\n4,5,6\n", 1),
    "json-bare": (
        'id\tpayload\n1\t{"a": 1, "b": [1,2]}\n2\t{"a": 2, "b": []}\n3\t{"c":"x"}\n',
        'id,payload\n1,"{""a"": 1, ""b"": [1,2]}"\n2,"{""a"": 2, ""b"": []}"\n3,"{""c"":""x""}"\n',
        1,
    ),
    "tsv-quotes": (
        'id\ttext\n1\t"hello\n2\tsay "hi"\n3\t5" disk\n',
        'id,text\n1,"""hello"\n2,"say ""hi"""\n3,"5"" disk"\n',
        1,
    ),
    "log": (
        "2020-01-01 10:00:00,INFO,Started, all well\n2020-01-01 10:00:01,WARN,Disk, 90% full, check\n2020-01-01 10:00:02,INFO,Done\n",
        "2020-01-01 10:00:00,INFO,Started, all well\n2020-01-01 10:00:01,WARN,Disk, 90% full, check\n2020-01-01 10:00:02,INFO,Done,\n",
        0,
    ),
    "semi-text": (
        "id;comment;n\n1;Hello, world, and all;5\n2;Yes, no;6\n3;one, two, three, four;7\n",
        'id,comment,n\n1,"Hello, world, and all",5\n2,"Yes, no",6\n3,"one, two, three, four",7\n',
        1,
    ),
    "sub": (
        "Region,2019,2020\nEngland,,\nNorth,1,2\nSouth,3,4\nWales,,\nEast,5,6\nWest,7,8\n",
        "Region,2019,2020\nEngland,,\nNorth,1,2\nSouth,3,4\nWales,,\nEast,5,6\nWest,7,8\n",
        1,
    ),
    "wide-pre": (
        "Quarterly report,,,,,Page 1,,\nAgency:,Health,,,Period:,Q1 2020,,\n,,,,,,,\nSite,Code,Beds,Staff,Visits,Cost,Open,Rate\nLeeds,A1,10,20,300,1.5,2019-01-01,5%\nBath,B2,20,30,400,2.5,2018-01-01,6%\nYork,C3,30,40,500,3.5,2017-01-01,7%\n",
        "Site,Code,Beds,Staff,Visits,Cost,Open,Rate\nLeeds,A1,10,20,300,1.5,2019-01-01,5%\nBath,B2,20,30,400,2.5,2018-01-01,6%\nYork,C3,30,40,500,3.5,2017-01-01,7%\n",
        1,
    ),
    "units-par": (
        "Time,Speed,Mass\n(s),(m/s),(kg)\n0,1.5,2\n1,2.5,3\n2,3.5,4\n",
        "Time,Speed,Mass\n(s),(m/s),(kg)\n0,1.5,2\n1,2.5,3\n2,3.5,4\n",
        2,
    ),
    "apostrophes": (
        "name,remark\nO'Neil,it's ok\nD'Arcy,'tis fine\nAnn,none\n",
        "name,remark\nO'Neil,it's ok\nD'Arcy,'tis fine\nAnn,none\n",
        1,
    ),
    "quote-space": ('a, b, c\n"x, y", 2, "p, q"\n"z", 3, "r"\n', 'a,b,c\n"x, y",2,"p, q"\nz,3,r\n', 1),
    "nl-in-quotes-ragged": (
        'a,b,c\n1,"x\ny",3\n4,"p\nq"\n5,"m\nn",6,7\n8,z,9\n',
        'a,b,c\n1,"x\ny",3\n4,"p\nq",\n5,"m\nn",6,7\n8,z,9\n',
        1,
    ),
    "age-header": (
        "Area,0-4,5-9,10-14\nNorth,5,6,7\nSouth,8,9,10\n",
        "Area,0-4,5-9,10-14\nNorth,5,6,7\nSouth,8,9,10\n",
        1,
    ),
    "long-note": (
        'Area,Count\nNorth,5\nSouth,6\n"Source: Office, 2020. Notes: see web, page 2"\n',
        "Area,Count\nNorth,5\nSouth,6\n",
        1,
    ),
    "footer-page": ("a,b,c\n1,2,3\n4,5,6\n7,8,9\nPage 1 of 1\n", "a,b,c\n1,2,3\n4,5,6\n7,8,9\n", 1),
    "gov-uk": (
        '"Title: Road casualties",,,,\n"Geography: GB",,,,\n,,,,\n"Region","Killed","Serious","Slight","All (KSI)"\n"North East","94","1,022","5,678","6,794"\n"North West","200","2,345","15,000","17,545"\n"London","150","2,000","25,000","27,150"\n,,,,\n"Source: DfT STATS19",,,,\n"Telephone: 020 7944 6595",,,,\n"Email: roadacc.stats@dft.gov.uk",,,,\n',
        'Region,Killed,Serious,Slight,All (KSI)\nNorth East,94,"1,022","5,678","6,794"\nNorth West,200,"2,345","15,000","17,545"\nLondon,150,"2,000","25,000","27,150"\n',
        1,
    ),
    "html-bad": (
        'id,html,n\n1,"<a href="x">y</a>",5\n2,"<b>z, w</b>",6\n3,"<a class="k, m" id="p">q</a>",7\n',
        'id,html,n\n1,"<a href=""x"">y</a>",5\n2,"<b>z, w</b>",6\n3,"<a class=""k, m"" id=""p"">q</a>",7\n',
        1,
    ),
    "quoted-inch": (
        'sku,desc,price\n1,"3.5" floppy, used",5\n2,"24" monitor",120\n3,mouse,10\n',
        'sku,desc,price\n1,"3.5"" floppy, used",5\n2,"24"" monitor",120\n3,mouse,10\n',
        1,
    ),
    "eu-money": (
        "Datum;Betrag;Text\n01.01.2020;1.234,56 €;Miete\n02.01.2020;-12,00 €;Brot; Milch\n03.01.2020;5,00 €;Tee\n",
        'Datum,Betrag,Text\n01.01.2020,"1.234,56 €",Miete\n02.01.2020,"-12,00 €",Brot, Milch\n03.01.2020,"5,00 €",Tee\n',
        1,
    ),
    "address": (
        "Name\tAddress\nAnn\t1 High St, Leeds, UK\nBob\t2 Low St, Bath, UK\nCid\t3 Mid St, York, UK\n",
        'Name,Address\nAnn,"1 High St, Leeds, UK"\nBob,"2 Low St, Bath, UK"\nCid,"3 Mid St, York, UK"\n',
        1,
    ),
    "semi-addr": (
        "Name;Address;Tel\nAnn;1 High St, Leeds, UK;0123 456\nBob;2 Low St, Bath, UK;0222 333\n",
        'Name,Address,Tel\nAnn,"1 High St, Leeds, UK",0123 456\nBob,"2 Low St, Bath, UK",0222 333\n',
        1,
    ),
    "qtr": ("Series,2019Q1,2019Q2,2019Q3\nA,1,2,3\nB,4,5,6\n", "Series,2019Q1,2019Q2,2019Q3\nA,1,2,3\nB,4,5,6\n", 1),
    "dates-header2": (
        "Region,2020-01-01,2020-01-02,2020-01-03\nA,1,2,3\nB,4,5,6\n",
        "Region,2020-01-01,2020-01-02,2020-01-03\nA,1,2,3\nB,4,5,6\n",
        1,
    ),
    "unit-first-col": (
        "Date,Max,Min\nyyyy-mm-dd,C,C\n2020-01-01,5.5,1.2\n2020-01-02,6.5,2.2\n2020-01-03,7.5,3.2\n",
        "Date,Max,Min\nyyyy-mm-dd,C,C\n2020-01-01,5.5,1.2\n2020-01-02,6.5,2.2\n2020-01-03,7.5,3.2\n",
        2,
    ),
    "types-row": (
        "id,name,val\nINTEGER,VARCHAR,FLOAT\n1,a,2.5\n2,b,3.5\n3,c,4.5\n",
        "id,name,val\nINTEGER,VARCHAR,FLOAT\n1,a,2.5\n2,b,3.5\n3,c,4.5\n",
        2,
    ),
    "surplus-some": (
        "a,b,c\n1,2,3\n4,5,6,note\n7,8,9\n1,1,1\n2,2,2,x,y\n",
        "a,b,c\n1,2,3\n4,5,6,note\n7,8,9\n1,1,1\n2,2,2,x,y\n",
        1,
    ),
    "first-row-short": ("a,b,c,d\n1,2\n1,2,3,4\n1,2,3,4\n", "a,b,c,d\n1,2,,\n1,2,3,4\n1,2,3,4\n", 1),
    "jp": (
        b"\x96\xbc\x91O,\x93s\x8es\n\x91\xbe\x98Y,\x93\x8c\x8b\x9e\n\x89\xd4\x8eq,\x91\xe5\x8d\xe3\n",
        "名前,都市\n太郎,東京\n花子,大阪\n",
        1,
    ),
    "cn": (
        b"\xd0\xd5\xc3\xfb,\xb3\xc7\xca\xd0\n\xcd\xf5\xce\xb0,\xb1\xb1\xbe\xa9\n\xc0\xee\xc4\xc8,\xc9\xcf\xba\xa3\n",
        "姓名,城市\n王伟,北京\n李娜,上海\n",
        1,
    ),
    "cyr": (
        b"\xe8\xec\xff;\xe3\xee\xf0\xee\xe4\n\xc0\xed\xff;\xce\xec\xf1\xea\n\xcf\xb8\xf2\xf0;\xca\xe0\xe7\xe0\xed\xfc\n",
        "имя,город\nАня,Омск\nПётр,Казань\n",
        1,
    ),
    "hu": (
        b"n\xe9v,v\xe1ros\nGy\xf6rgy,Gy\xf5r\nJ\xf3zsef,Debrecen\nErzs\xe9bet,Sz\xfbcs\nKatalin,P\xe9cs\n",
        "név,város\nGyörgy,Győr\nJózsef,Debrecen\nErzsébet,Szűcs\nKatalin,Pécs\n",
        1,
    ),
    "pt": (
        b"cidade,estado\nS\xe3o Paulo,SP\nBras\xedlia,DF\nMaranh\xe3o,MA\nCora\xe7\xe3o,XX\n",
        "cidade,estado\nSão Paulo,SP\nBrasília,DF\nMaranhão,MA\nCoração,XX\n",
        1,
    ),
    "fr-mac": (
        b"ville,r\x8egion\nOrl\x8eans,Centre\nN\x94mes,Occitanie\nBesan\x8don,Franche-Comt\x8e\n",
        "ville,région\nOrléans,Centre\nNîmes,Occitanie\nBesançon,Franche-Comté\n",
        1,
    ),
    "deg": (b"place,temp\nLeeds,5\xb0C\nBath,6\xb0C\n", "place,temp\nLeeds,5°C\nBath,6°C\n", 1),
    "pound": (b"place,cost\nLeeds,\xa35\nBath,\xa36\n", "place,cost\nLeeds,£5\nBath,£6\n", 1),
    "dos": (
        b"Ort,Name\nK\x94ln,M\x81ller\nD\x81ren,Gr\x94\xe1e\n\x9abach,J\x84ger\n",
        "Ort,Name\nKöln,Müller\nDüren,Größe\nÜbach,Jäger\n",
        1,
    ),
    "missing-close-comma": ('a,b,c\n1,"x, y,3\n2,"z",4\n5,w,6\n', 'a,b,c\n1,"""x", y,3\n2,z,4\n5,w,6\n', 1),
    "mysql-null": ("1\tAnn\t\\N\n2\tBob\t5\n3\t\\N\t6\n", "1,Ann,\\N\n2,Bob,5\n3,\\N,6\n", 0),
    "statcan-multi": (
        '"Table 1","","",""\n"Number of farms, by province","","",""\n"","2011","2016","2021"\n"","number","number","number"\n"Canada","205,730","193,492","189,874"\n"Ontario","51,950","49,600","48,346"\n"Quebec","29,437","28,919","29,380"\n"Note(s): x","","",""\n"Source(s): Statistics Canada, Census, 2021.","","",""\n',
        ',2011,2016,2021\n,number,number,number\nCanada,"205,730","193,492","189,874"\nOntario,"51,950","49,600","48,346"\nQuebec,"29,437","28,919","29,380"\n',
        2,
    ),
    "council-contract": (
        b'Contract Ref,Title,Supplier Name,Start Date,End Date,Value \xa3,Notes\nC001,Cleaning,"ABC Ltd, London",01/04/2015,31/03/2018,"12,500.00",\nC002,"Supply of ""Widgets""",XYZ,01/05/2015,30/04/2016,TBC,See note 1\nC003,IT support,IT Co,01/06/2015,,"1,200",\n',
        'Contract Ref,Title,Supplier Name,Start Date,End Date,Value £,Notes\nC001,Cleaning,"ABC Ltd, London",01/04/2015,31/03/2018,"12,500.00",\nC002,"Supply of ""Widgets""",XYZ,01/05/2015,30/04/2016,TBC,See note 1\nC003,IT support,IT Co,01/06/2015,,"1,200",\n',
        1,
    ),
    "all-text-padded": (
        "List of schools 2020,,\n,,\nSchool,Address,Head\nSt Mary,1 High St,Ms Jones\nSt John,2 Low St,Mr Smith\nAll Saints,3 Mid St,Mrs Brown\n,,\nSource: council,,\n",
        "School,Address,Head\nSt Mary,1 High St,Ms Jones\nSt John,2 Low St,Mr Smith\nAll Saints,3 Mid St,Mrs Brown\n",
        1,
    ),
    "semi-mixed-text": (
        'Nr;Bezeichnung;Menge;Preis\n1;Schraube, verzinkt;100;0,05\n2;Mutter "M8", Stahl;200;0,03\n3;Scheibe;50;0,01\n',
        'Nr,Bezeichnung,Menge,Preis\n1,"Schraube, verzinkt",100,"0,05"\n2,"Mutter ""M8"", Stahl",200,"0,03"\n3,Scheibe,50,"0,01"\n',
        1,
    ),
    "quoted-semicolon-mixed": (
        b'"Nr";"Name";"Wert"\n1;"M\xfcller; Hans";"1.234,50"\n2;"Schmidt";"99,00"\n',
        'Nr,Name,Wert\n1,Müller; Hans,"1.234,50"\n2,Schmidt,"99,00"\n',
        1,
    ),
    "crlf-in-quotes": ('id,txt\r\n1,"a\r\nb"\r\n2,"c\nd"\r\n3,e\r\n', 'id,txt\n1,"a\r\nb"\n2,"c\nd"\n3,e\n', 1),
    "notes-multi-top": (
        "Dataset: Schools\nLicence: OGL v3\nContact: a@b.org, 020 1234\nColumns: id, school, pupils\n\nid,school,pupils\n1,St Mary,200\n2,St John,300\n3,All Saints,150\n",
        "id,school,pupils\n1,St Mary,200\n2,St John,300\n3,All Saints,150\n",
        1,
    ),
    "footer-kv": (
        "id,school,pupils\n1,St Mary,200\n2,St John,300\n3,All Saints,150\n\nDataset,Schools\nLicence,OGL v3\nContact,a@b.org\n",
        "id,school,pupils\n1,St Mary,200\n2,St John,300\n3,All Saints,150\n",
        1,
    ),
    "num-names": (
        "Code,100,200,300\nX,1.5,2.5,3.5\nY,4.5,5.5,6.5\n",
        "Code,100,200,300\nX,1.5,2.5,3.5\nY,4.5,5.5,6.5\n",
        1,
    ),
    "ctrlz": ("a,b\n1,2\n3,4\n\x1a", "a,b\n1,2\n3,4\n", 1),
    "two-tables-3": (
        "Table 1: Sales\nRegion,Q1,Q2\nNorth,1,2\nSouth,3,4\n\nTable 2: Costs\nRegion,Q1,Q2\nNorth,5,6\nSouth,7,8\nEast,9,10\n",
        "Region,Q1,Q2\nNorth,5,6\nSouth,7,8\nEast,9,10\n",
        1,
    ),
    "extra-quote-lone": ('a,b,c\n1,",3\n4,5,6\n7,8,9\n', 'a,b,c\n1,"""",3\n4,5,6\n7,8,9\n', 1),
    "mac-cr-preamble": ("Title\r\ra,b\r1,2\r3,4\r", "a,b\n1,2\n3,4\n", 1),
    "dates-noheader": (
        "01.02.2020;10:00;ab\n02.02.2020;11:00;cd\n03.02.2020;12:00;ef\n",
        "01.02.2020,10:00,ab\n02.02.2020,11:00,cd\n03.02.2020,12:00,ef\n",
        0,
    ),
    "nul-padded": (b"a,b\n1,x\x00\x00\n2,y\x00\x00\n", "a,b\n1,x\x00\x00\n2,y\x00\x00\n", 1),
    "sql-footer": ("id|name\n1|a\n2|b\n\n(2 rows)\n", "id,name\n1,a\n2,b\n", 1),
}


def found() -> Iterator[Sample]:
    for name, (content, wanted, heads) in FOUND.items():
        rows = list(csv.reader(io.StringIO(wanted, newline="")))
        yield sample(f"found/{name}", content, rows[:heads], rows[heads:])
